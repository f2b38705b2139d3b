import { z } from "zod";
import type { Millis, RecentResult, RemoteRef, StandingPost } from "../../domain/types.ts";
import { tidMicros } from "../../lib/tid.ts";
import type { Ready } from "./session.ts";

const PAGES = 100;
const PAGE = 100;
/** Keys are made when a post is enqueued: records sort by that time, which may be days before they were sent. */
const WAITED: Millis = 8 * 86_400_000;

export type Place = { readonly collection: string; readonly refOf: (rkey: string, cid: string) => RemoteRef };

/** Every post of the account since then (also those that were not ours), with the links that it shows. Throws. */
export async function readRecent(
  { agent, session }: Ready,
  { collection, refOf }: Place,
  since: Millis,
  signal: AbortSignal,
): Promise<RecentResult> {
  const posts: StandingPost[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const { data } = await agent.com.atproto.repo.listRecords(
      { repo: session.did, collection, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
      { signal },
    );
    for (const { uri, cid, value } of data.records) {
      const rkey = uri.split("/").at(-1) ?? "";
      const keyedAt = Number(tidMicros(rkey) / 1000n);
      if (keyedAt < since - WAITED) return { kind: "read", posts };
      const said = Date.parse(String(value["createdAt"]));
      const at = Number.isNaN(said) ? keyedAt : said;
      if (at >= since) posts.push({ ref: refOf(rkey, cid), links: linksIn(value), at });
    }
    cursor = data.cursor;
    if (cursor === undefined) return { kind: "read", posts };
  }
  return {
    kind: "unreadable",
    reason: `more than ${PAGES * PAGE} posts were made by the account since then`,
  };
}

const shown = z.object({
  embed: z
    .object({ external: z.object({ uri: z.string() }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  facets: z
    .array(
      z.object({ features: z.array(z.object({ uri: z.string().optional().catch(undefined) })).catch([]) }),
    )
    .catch([]),
});

/** The card's link and those in the text. */
function linksIn(value: unknown): readonly string[] {
  const { success, data } = shown.safeParse(value);
  if (!success) return [];
  const inText = data.facets.flatMap(({ features }) => features.map(({ uri }) => uri));
  return [data.embed?.external?.uri, ...inText].filter((uri) => uri !== undefined);
}
