import type { Post } from "../domain/types.ts";

/** Everything that will be sent, as it stands on a delivery's row from its first attempt on. */
export const frozenColumns = (post: Post) => ({
  platform: post.platform,
  payload: JSON.stringify(post.payload),
  preview: post.text,
  imageMime: post.image?.mime ?? null,
  imageBytes: post.image === null ? null : Buffer.from(post.image.bytes).toString("base64"),
});

/** A row whose post is to be composed anew. */
export const UNFROZEN = {
  platform: null,
  payload: null,
  preview: null,
  imageMime: null,
  imageBytes: null,
} as const;
