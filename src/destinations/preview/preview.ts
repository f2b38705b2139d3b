import type { Destination, SendResult } from "../../domain/types.ts";

/**
 * A destination that sends nothing: its posts are only kept, and drawn on the page as their platform would show
 * them. `look` is the platform whose composer `compose` is; the posts stay exactly as that composer made them. The
 * reference of a post is `preview:KEY`, so sending it again is harmless, and `find` knows nothing to find.
 */
export function openPreview(options: {
  readonly id: string;
  readonly name: string;
  readonly look: "discord" | "bluesky";
  readonly compose: Destination["compose"];
}): Destination {
  return {
    id: options.id,
    platform: "preview",
    name: options.name,
    resend: "always",
    compose: (summary, postOptions) =>
      options.compose(summary, postOptions).map((post) => ({ ...post, platform: options.look })),
    send: ({ key }): Promise<SendResult> =>
      Promise.resolve({ kind: "sent", ref: { id: `preview:${key}`, url: null, cid: null } }),
    find: () => Promise.resolve({ kind: "absent" }),
    recent: () => Promise.resolve({ kind: "read", posts: [] }),
    remove: (ref) => Promise.resolve({ kind: "sent", ref }),
    check: () => Promise.resolve([]),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
