import { listNotices } from "../../src/store/notices.ts";
import { why, type Why } from "../../src/operator/why.ts";
import type { Line } from "./line.ts";

type Known = Extract<Why, { kind: "known" }>;

/** Lists these stories, the newest last, besides the old one, and works eleven minutes later. */
export async function publish({ site, clock, later }: Line, ...names: readonly string[]): Promise<void> {
  const published = clock.now();
  const stories = names.map((title) => ({ slug: title, title, published })).toReversed();
  site.list([...stories, { slug: "old", title: "An old story", published }]);
  await later();
}

/** One subscription of the site's feed for each of these, such as `discord: 1, wait: 0`, without spacing. */
export const to =
  (...targets: readonly string[]) =>
  (feedUrl: string): string =>
    `feeds: [{ url: "${feedUrl}", every: 10 minutes, post_to: [${targets.map((target) => `{ ${target}, spacing: 0 }`).join(", ")}] }]`;

/** All that is known of a story. */
export async function knownOf(line: Line, story: string): Promise<Known> {
  const found = await why(line.app().operator, `${line.site.url}/${story}`);
  if (found.kind === "unknown") throw new Error(`${story} is unknown`);
  return found;
}

/** The delivery of a story to its first destination (by id), or another. */
export async function deliveryOf(line: Line, story: string, at = 0): Promise<Known["deliveries"][number]> {
  const delivery = (await knownOf(line, story)).deliveries[at];
  if (delivery === undefined) throw new Error(`${story} has no such delivery`);
  return delivery;
}

/** What the admin was told, in order. */
export const noticesOf = async (line: Line): Promise<readonly string[]> =>
  (await listNotices(line.app().store, 50)).map(({ message }) => message).toReversed();
