import type { Article, Destination, Image, Millis, Post, PostOptions, RecordRef } from "../domain/types.ts";
import { addressKey } from "../lib/address.ts";
import { findImage } from "../store/entries.ts";
import { findFeed } from "../store/feeds.ts";
import type { DeliveryRow, EntryRow } from "../store/tables.ts";
import type { Context } from "./context.ts";
import { summaryOf } from "./summary.ts";

/** What decides how the post of an entry looks at a destination. */
type Composed = Pick<DeliveryRow, "destinationId" | "key" | "withoutImage">;

/** Composes from the newest copy of the article, under today's config; called inside the transaction, so it is pure. */
export async function freezer(
  context: Context,
  destination: Destination,
  delivery: Composed,
  entry: EntryRow,
  documents: readonly RecordRef[] = [],
): Promise<(createdAt: Millis) => Post> {
  const image = delivery.withoutImage === 1 ? null : await findImage(context.store, entry.id);
  const options = await optionsOf(context, delivery, entry);
  return (createdAt) => composeOne(destination, entry, image, { ...options, documents, createdAt });
}

/** What the platform has of the article's page; asked only when the page names something. */
export async function lookUp(
  context: Context,
  destination: Destination,
  article: string,
): Promise<readonly RecordRef[]> {
  const { url, documents = [] } = JSON.parse(article) as Article;
  if (documents.length === 0) return [];
  return (await destination.lookUp?.({ url, documents }, context.sendSignal)) ?? [];
}

function composeOne(
  destination: Destination,
  entry: EntryRow,
  image: Image | null,
  options: PostOptions,
): Post {
  const summary = summaryOf(JSON.parse(entry.article ?? "null") as Article, image, entry.editedTitle);
  const [post] = destination.compose(summary, options);
  if (post === undefined) throw new Error(`${destination.id} composed no post`);
  return post;
}

async function optionsOf(
  context: Context,
  delivery: Composed,
  entry: EntryRow,
): Promise<Omit<PostOptions, "createdAt">> {
  const feed = await findFeed(context.store, entry.feedId);
  const subscription = context
    .config()
    .subscriptions.find(
      (one) => one.destinationId === delivery.destinationId && addressKey(one.feedUrl) === feed?.urlKey,
    );
  return {
    key: delivery.key,
    style: subscription?.style ?? "card",
    template: subscription?.template ?? null,
    mentions: subscription?.mentions ?? [],
    hashtags: subscription?.hashtags ?? [],
  };
}
