import type { Image, PostOptions, Summary } from "../../../src/domain/types.ts";

const picture: Image = {
  bytes: new Uint8Array([1]),
  mime: "image/jpeg",
  width: 1200,
  height: 675,
  alt: "A harbour crane above grey water.",
  sourceUrl: "https://harbour.example/pictures/crane.jpg",
};

/** An article of our own sample newsroom, with two key points. */
export const harbour: Summary = {
  title: "Harbour closes for three days as storm nears the coast",
  url: "https://harbour.example/2026/11/harbour-closes/",
  keyPoints: ["Ferries stop at noon on Friday.", "Two lighthouses were evacuated."],
  description: "The port authority shuts all terminals until Monday and asks crews to stay ashore.",
  firstSentences: "A siren sounded at nine.",
  language: "en",
  image: picture,
  author: "M. Lind",
  categories: ["Weather", "Coast"],
  siteName: "Harbour Post",
  siteUrl: "https://harbour.example",
  siteIconUrl: "https://harbour.example/icon.png",
  published: Date.UTC(2026, 10, 20, 9, 30),
};

export const options: PostOptions = {
  key: "3m5abcdefgh2a",
  createdAt: Date.UTC(2026, 10, 20, 9, 31),
  style: "card",
  mentions: [],
  hashtags: [],
};
