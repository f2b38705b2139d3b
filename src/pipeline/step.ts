import type { Article, FrozenDelivery, Millis } from "../domain/types.ts";
import { frozenPost } from "../store/deliveries.ts";
import type { DeliveryRow } from "../store/tables.ts";

/** `wait`: until then (null: until something is enqueued); the others: go on with the next delivery. */
export type Step =
  | { readonly kind: "wait"; readonly until: Millis | null }
  | { readonly kind: "settled" }
  | { readonly kind: "sent"; readonly at: Millis; readonly pacedAt?: Millis };

/** What `send` and `find` need of a delivery whose post is frozen; null before its first attempt. */
export function frozenOf(row: DeliveryRow, article: Pick<Article, "url">): FrozenDelivery | null {
  const post = frozenPost(row);
  return post === null
    ? null
    : { key: row.key, post, articleUrl: article.url, firstAttemptAt: row.firstAttemptAt };
}
