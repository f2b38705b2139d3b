import type { Article, Found, PostOptions, SubscriptionConfig } from "../domain/types.ts";
import { registrableDomain, webUrl } from "../lib/address.ts";
import { nextTid } from "../lib/tid.ts";
import type { Operator } from "./operator.ts";

/** The options of the first subscription to a feed of the article's site with this look, else the plain ones. */
export async function optionsFor(
  operator: Operator,
  article: Article,
  look: "discord" | "bluesky",
): Promise<PostOptions> {
  const { context } = operator;
  const { subscriptions, destinations } = context.config();
  const site = domainOf(article.url);
  const looks = new Map(destinations.map((destination) => [destination.id, destination.look]));
  const like = subscriptions.find(
    (one) => looks.get(one.destinationId) === look && site !== null && domainOf(one.feedUrl) === site,
  );
  const now = context.clock.now();
  return {
    key: nextTid(now, null),
    createdAt: now,
    style: like?.style ?? "card",
    template: like?.template ?? null,
    mentions: [],
    hashtags: like?.hashtags ?? [],
    ...(like === undefined ? {} : await foundFor(operator, article, like)),
  };
}

/** What the destination has for the post, as far as it can be asked: a forum takes another shape. */
async function foundFor(
  { context, destinations }: Operator,
  { url, categories }: Article,
  { destinationId, tags }: SubscriptionConfig,
): Promise<Found> {
  const wanted = { url, documents: [], tags, categories };
  const looked = await destinations().get(destinationId)?.lookUp?.(wanted, context.signal);
  return looked?.kind === "found" ? looked.found : {};
}

function domainOf(address: string): string | null {
  const url = webUrl(address);
  return url === null ? null : registrableDomain(url.hostname);
}
