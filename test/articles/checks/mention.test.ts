import { expect, test } from "vitest";
import { mention } from "../../../src/articles/checks/mention.ts";

test.each([
  ["Harbour tells @everyone to leave", "@everyone"],
  ["Are you @here?", "@here"],
  ["Thanks to <@1190000000000000003> for the picture", "<@1190000000000000003>"],
  ["Ask <@&42> or <#7>", "<@&42>"],
  ["Follow @mayor.bsky.social for more", "@mayor.bsky.social"],
  ["“@harbour.example” is back", "@harbour.example"],
])("%s reads as a mention", (text, found) => {
  expect(mention(["A fine headline", text])).toEqual({
    kind: "hit",
    reason: `“${found}” reads as a mention`,
  });
});

test.each([
  "Write to desk@harbour.example by Friday",
  "The account @harbour was closed",
  "Tea @ home",
  "3 pears @1.20 each",
  "See https://social.example/@mayor.example",
  "@everyoneelse stays",
  "<script>alert(1)</script>",
])("%s is no mention", (text) => expect(mention([text])).toBeNull());
