import { z } from "zod";
import { AdminError, reasonOf } from "../../domain/errors.ts";
import { webUrl } from "../../lib/address.ts";

export type Fetch = typeof globalThis.fetch;

/** Where handles and DIDs are looked up. */
export type Directories = {
  /** Answers for did:plc, such as https://plc.directory. */
  readonly plc: string;
  /** Any service that knows `com.atproto.identity.resolveHandle`. */
  readonly appView: string;
};

const DidDocument = z.object({
  id: z.string(),
  alsoKnownAs: z.array(z.string()).default([]),
  service: z.array(z.object({ id: z.string(), type: z.string(), serviceEndpoint: z.unknown() })).default([]),
});

/**
 * The PDS of a handle or DID: handle -> DID -> DID document -> its `#atproto_pds` service
 * (https://atproto.com/specs/handle, https://atproto.com/specs/did). Throws an `AdminError` when the answers say that
 * there is none, and the network's own error when there was no answer.
 */
export async function resolvePds(
  account: string,
  fetch: Fetch,
  directories: Directories,
  signal: AbortSignal,
): Promise<string> {
  const isDid = account.startsWith("did:");
  const did = isDid ? account : await resolveHandle(account, fetch, directories, signal);
  const answer = await fetch(documentUrl(did, directories.plc), { signal });
  if (answer.status >= 500) throw new Error(`the directory of ${did} answered ${answer.status}`);
  const document = DidDocument.safeParse(answer.ok ? await jsonOf(answer) : null);
  if (!document.success || document.data.id !== did)
    throw new AdminError(`${did} has no readable DID document. Set "service" to the address of its PDS.`);
  // The password goes to what this document names: a handle counts only when the account claims it too.
  if (!isDid && !document.data.alsoKnownAs.some((name) => name.toLowerCase() === `at://${account}`))
    throw new AdminError(
      `${did} does not call itself ${account}. Is the handle spelled as on its profile page?`,
    );
  return endpointOf(document.data, did);
}

/**
 * The DID of a handle: asks the directory, then the handle's own site
 * (https://atproto.com/specs/handle#handle-resolution). Throws as `resolvePds` does.
 */
export async function resolveHandle(
  handle: string,
  fetch: Fetch,
  { appView }: Directories,
  signal: AbortSignal,
): Promise<string> {
  const asked = `${appView}/xrpc/com.atproto.identity.resolveHandle?handle=${encodeURIComponent(handle)}`;
  const byDirectory = await ask(asked, fetch, signal, async (answer) =>
    z
      .object({ did: z.string() })
      .parse(await jsonOf(answer))
      .did.trim(),
  );
  if (byDirectory.did !== null) return byDirectory.did;
  const bySite = await ask(`https://${handle}/.well-known/atproto-did`, fetch, signal, async (answer) =>
    (await answer.text()).trim(),
  );
  if (bySite.did !== null) return bySite.did;
  // Nobody answered: a matter of the network, not of the handle.
  if (byDirectory.failure !== null) throw byDirectory.failure;
  throw new AdminError(
    `no Bluesky account is called ${handle}. Is the handle spelled as on its profile page?`,
  );
}

type Answered = { readonly did: string | null; readonly failure: Error | null };

async function ask(
  url: string,
  fetch: Fetch,
  signal: AbortSignal,
  read: (answer: Response) => Promise<string>,
): Promise<Answered> {
  try {
    const answer = await fetch(url, { signal });
    if (answer.status >= 500) return { did: null, failure: new Error(`${url} answered ${answer.status}`) };
    const did = answer.ok ? await read(answer) : "";
    return { did: /^did:(?:plc|web):[\w.:%-]+$/u.test(did) ? did : null, failure: null };
  } catch (error) {
    return { did: null, failure: new Error(`${url}: ${reasonOf(error)}`, { cause: error }) };
  }
}

function documentUrl(did: string, plc: string): string {
  const web = /^did:web:([\w.-]+(?:%3A\d+)?)$/iu.exec(did)?.[1];
  if (web !== undefined) return `https://${decodeURIComponent(web)}/.well-known/did.json`;
  if (/^did:plc:[a-z2-7]{24}$/u.test(did)) return `${plc}/${did}`;
  throw new AdminError(`${did} is no DID that Bluesky uses (did:plc or did:web).`);
}

function endpointOf(document: z.infer<typeof DidDocument>, did: string): string {
  const service = document.service.find(
    ({ id, type }) => id.endsWith("#atproto_pds") && type === "AtprotoPersonalDataServer",
  );
  const url = typeof service?.serviceEndpoint === "string" ? webUrl(service.serviceEndpoint) : null;
  const isLocal = url !== null && /^(?:localhost|127\.0\.0\.1|\[::1\])$/u.test(url.hostname);
  if (url === null || (url.protocol !== "https:" && !isLocal))
    throw new AdminError(`the DID document of ${did} names no PDS. Set "service" to the address of its PDS.`);
  return url.origin;
}

async function jsonOf(answer: Response): Promise<unknown> {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
