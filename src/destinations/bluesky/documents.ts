import { CID } from "multiformats/cid";
import { z } from "zod";
import type { RecordRef } from "../../domain/types.ts";
import type { Fetch } from "./resolve.ts";

const Answer = z.object({
  associatedRefs: z.array(z.object({ uri: z.string(), cid: z.string() })).default([]),
});

/** https://atproto.com/specs/at-uri-scheme, of the records that https://standard.site defines. */
const RECORD =
  /^at:\/\/(?:did:[a-z]+:[\w.:%-]{1,512}|[a-z0-9][a-z0-9.-]{1,252})\/site\.standard\.(?:document|publication)\/[\w.~:-]{1,512}$/iu;

/**
 * The records that stand for a page, as the app view has them: what `app.bsky.embed.external` may bear as
 * `associatedRefs`, so that Bluesky draws its richer card (`app.bsky.embed.getEmbedExternalView`, asked without a
 * login). None when the app view finds that they do not back the page, or gives no answer that a PDS would take: a post
 * goes out with a plain card rather than not at all.
 */
export async function findDocuments(
  page: { readonly url: string; readonly documents: readonly string[] },
  fetch: Fetch,
  appView: string,
  signal: AbortSignal,
): Promise<readonly RecordRef[]> {
  const uris = page.documents.filter((uri) => RECORD.test(uri));
  if (uris.length === 0) return [];
  const query = new URLSearchParams([["url", page.url], ...uris.map((uri) => ["uris", uri])]);
  try {
    const answer = await fetch(`${appView}/xrpc/app.bsky.embed.getEmbedExternalView?${query.toString()}`, {
      signal,
      redirect: "error",
    });
    const found = Answer.safeParse(answer.ok ? await answer.json() : {});
    return found.success ? found.data.associatedRefs.filter(isRef) : [];
  } catch {
    return [];
  }
}

/** A PDS refuses a whole post for one reference that is none. */
const isRef = ({ uri, cid }: RecordRef): boolean => RECORD.test(uri) && isCid(cid);

function isCid(text: string): boolean {
  try {
    return CID.parse(text).toString() === text;
  } catch {
    return false;
  }
}
