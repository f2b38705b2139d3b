import type {
  Article,
  Destination,
  Found,
  Image,
  LookUpResult,
  Millis,
  Post,
  PostOptions,
  SubscriptionConfig,
} from "../domain/types.ts";
import { findImage } from "../store/entries.ts";
import { findFeed } from "../store/feeds.ts";
import type { DeliveryRow, EntryRow } from "../store/tables.ts";
import { type Context, subscriptionsOf } from "./context.ts";
import { summaryOf } from "./summary.ts";

/** What decides how the post of an entry looks at a destination. */
type Composed = Pick<DeliveryRow, "destinationId" | "key" | "withoutImage">;

/** Composes from the newest copy of the article, under today's config; called inside the transaction, so it is pure. */
export async function freezer(
  context: Context,
  destination: Destination,
  delivery: Composed,
  entry: EntryRow,
  found: Found = {},
): Promise<(createdAt: Millis) => Post> {
  const image = delivery.withoutImage === 1 ? null : await findImage(context.store, entry.id);
  const options = await optionsOf(context, delivery, entry);
  return (createdAt) => composeOne(destination, entry, image, { ...options, ...found, createdAt });
}

const NOTHING: LookUpResult = { kind: "found", found: {}, notes: [] };

/** What the platform has for a post that is to be composed; a post that is frozen needs nothing more. */
export async function lookUp(
  context: Context,
  destination: Destination,
  delivery: DeliveryRow,
  entry: EntryRow,
): Promise<LookUpResult> {
  if (delivery.payload !== null || destination.lookUp === undefined) return NOTHING;
  const { url, documents = [], categories } = JSON.parse(entry.article ?? "null") as Article;
  const subscription = await subscriptionOf(context, delivery, entry);
  const wanted = { url, documents, categories, tags: subscription?.tags ?? [] };
  return await destination.lookUp(wanted, context.sendSignal);
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

/** Null: no feed posts there any more. */
async function subscriptionOf(
  context: Context,
  { destinationId }: Pick<DeliveryRow, "destinationId">,
  { feedId }: EntryRow,
): Promise<SubscriptionConfig | null> {
  const feed = await findFeed(context.store, feedId);
  const subscriptions = feed === null ? [] : subscriptionsOf(context.config(), feed.urlKey);
  return subscriptions.find((one) => one.destinationId === destinationId) ?? null;
}

async function optionsOf(
  context: Context,
  delivery: Composed,
  entry: EntryRow,
): Promise<Omit<PostOptions, "createdAt">> {
  const subscription = await subscriptionOf(context, delivery, entry);
  return {
    key: delivery.key,
    style: subscription?.style ?? "card",
    template: subscription?.template ?? null,
    mentions: subscription?.mentions ?? [],
    hashtags: subscription?.hashtags ?? [],
  };
}
