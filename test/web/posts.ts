import { readFileSync } from "node:fs";
import { composeBluesky } from "../../src/destinations/bluesky/compose.ts";
import { composeDiscord } from "../../src/destinations/discord/compose.ts";
import type { Image, Log, PostOptions, Summary } from "../../src/domain/types.ts";
import type { PageData, PagePost } from "../../src/web/pages/data.ts";
import type { WebOptions } from "../../src/web/server.ts";

/** The sample newsroom's picture, as the bot keeps it. */
export const picture: Image = {
  bytes: readFileSync(new URL("../../config/sample/newsroom/ferry-bridge.jpg", import.meta.url)),
  mime: "image/jpeg",
  width: 1200,
  height: 630,
  alt: "Ferry Bridge over the Alder at dusk",
  sourceUrl: "http://127.0.0.1:8085/wp-content/uploads/ferry-bridge.jpg",
};

const options: PostOptions = {
  key: "3m5abcdefgh2a",
  createdAt: Date.UTC(2026, 10, 23, 14, 32),
  style: "card",
  mentions: [],
  hashtags: [],
};

export const bridge: Summary = {
  title: "Ferry Bridge reopens six weeks early after £2.1m repair",
  url: "http://127.0.0.1:8085/2026/11/23/ferry-bridge-reopens/",
  keyPoints: [
    "Ferry Bridge reopens to cars and buses on Monday, six weeks ahead of plan.",
    "Lorries over 7.5 tonnes stay banned until a load test on 14 December.",
    "The repair cost £2.1m, about £300,000 less than the county had set aside.",
  ],
  description: "Drivers can cross the Alder again from Monday, but lorries must wait for a final load test.",
  firstSentences: null,
  language: "en-GB",
  image: picture,
  author: "Nora Whitlock",
  categories: ["Local", "Transport"],
  siteName: "The Fennmere Courier",
  siteUrl: "http://127.0.0.1:8085",
  siteIconUrl: "http://127.0.0.1:8085/icon.png",
  published: Date.UTC(2026, 10, 23, 14, 12),
};

export const buses: Summary = {
  ...bridge,
  title: "School bus passes stay free for families in the outer villages",
  url: "http://127.0.0.1:8085/2026/11/23/school-bus-passes/",
  keyPoints: [
    "Pupils who live more than two miles from school keep their free bus pass until 2029.",
    "The county will look for £410,000 of savings elsewhere before the budget in March.",
  ],
  description: "A plan to charge £190 a year was dropped after 2,400 parents signed a petition.",
  image: null,
  categories: ["Education"],
};

/** The summary as both platforms' composers make it, ready for the page. */
export function drawnFor(summary: Summary, wanted: Partial<PostOptions> = {}): readonly PagePost[] {
  const at = "2026-11-23T14:32:00.000Z";
  const imageKey = summary.image === null ? null : "bridge/1";
  const common = { state: "sent", at, imageKey, url: null };
  const chosen = { ...options, ...wanted };
  return [
    ...composeDiscord(summary, chosen).map((post): PagePost => ({
      ...common,
      look: "discord",
      destination: "news",
      payload: post.payload,
    })),
    ...composeBluesky(summary, chosen).map((post): PagePost => ({
      ...common,
      look: "bluesky",
      destination: "courier.example",
      payload: post.payload,
    })),
  ];
}

export const emptyPage: PageData = {
  title: "Bulletin",
  posts: [],
  held: [],
  feeds: [],
  moreFeeds: 0,
  destinations: [],
};

export const samplePage: PageData = {
  title: "The Fennmere Courier on Bulletin",
  posts: [
    ...drawnFor(bridge),
    ...drawnFor(buses),
    ...drawnFor(bridge, { style: "plain", mentions: ["1190000000000000003"] }).map((post) => ({
      ...post,
      state: "pending",
    })),
  ],
  held: [
    {
      title: "Portugal wins the county relay",
      url: "http://127.0.0.1:8085/2026/11/23/relay/",
      reason: "The headline names Portugal, and the text does not.",
      commands: [
        "bulletin release http://127.0.0.1:8085/2026/11/23/relay/",
        'bulletin edit http://127.0.0.1:8085/2026/11/23/relay/ --title "..."',
      ],
    },
  ],
  moreFeeds: 0,
  feeds: [
    {
      name: "The Fennmere Courier",
      state: "active",
      lastPoll: "20 seconds ago",
      nextPoll: "in 40 seconds",
      reason: null,
    },
  ],
  destinations: [
    { name: "news", state: "active", pending: 0, sent: 7, reason: null },
    {
      name: "courier.example",
      state: "stopped",
      pending: 3,
      sent: 4,
      reason: "The app password was refused: make a new one, then run bulletin resume courier.example.",
    },
  ],
};

const silent = (): void => {};
export const silentLog: Log = { debug: silent, info: silent, warn: silent, error: silent };

/** What the page asks of the app, answered with `data` and the picture. */
export const webOptions = (data: PageData): Omit<WebOptions, "host" | "port"> => ({
  data: () => Promise.resolve(data),
  image: (key) => Promise.resolve(key === "bridge/1" ? picture : null),
  log: silentLog,
});
