import type { Store } from "./open.ts";
import type { DeliveryRow } from "./tables.ts";

export type RecentPost = Pick<
  DeliveryRow,
  | "destinationId"
  | "key"
  | "entryId"
  | "state"
  | "platform"
  | "payload"
  | "preview"
  | "refUrl"
  | "sentAt"
  | "lastAttemptAt"
  | "createdAt"
> & { readonly imageOf: string | null };

/** The newest composed posts, newest first, each with the entry whose image it carries (null: none is stored). */
export async function listRecentPosts(store: Store, limit: number): Promise<readonly RecentPost[]> {
  return await store.db
    .selectFrom("deliveries")
    .leftJoin("images", "images.entryId", "deliveries.entryId")
    .select([
      "destinationId",
      "key",
      "deliveries.entryId",
      "state",
      "platform",
      "payload",
      "preview",
      "refUrl",
      "sentAt",
      "lastAttemptAt",
      "createdAt",
      "images.entryId as imageOf",
    ])
    .where("payload", "is not", null)
    .orderBy("key", "desc")
    .limit(limit)
    .execute();
}
