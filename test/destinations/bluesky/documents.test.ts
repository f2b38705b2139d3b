import { afterAll, beforeAll, expect, test } from "vitest";
import { openBluesky } from "../../../src/destinations/bluesky/send.ts";
import type { Destination, FrozenDelivery, RecordRef } from "../../../src/domain/types.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { nextTid } from "../../../src/lib/tid.ts";
import { openTestClock } from "../../support/clock.ts";
import { openPds, type TestAccount, type TestPds } from "../../support/pds.ts";
import { memorySessions } from "../../support/sessions.ts";
import { harbour, options } from "../discord/stories.ts";
import { serve } from "../../lib/http/servers.ts";

const never = new AbortController().signal;
const DOCUMENT = "at://did:plc:abcdefghijklmnopqrstuvwx/site.standard.document/3m4xk2abcde2a";
const PUBLICATION = "at://did:plc:abcdefghijklmnopqrstuvwx/site.standard.publication/3m4xk2abcde2b";
const CID = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a";
const page = { url: harbour.url, documents: [DOCUMENT] };

let pds: TestPds;
let account: TestAccount;
beforeAll(async () => {
  pds = await openPds();
  account = await pds.createAccount("quay.test");
});
afterAll(() => pds[Symbol.asyncDispose]());

const open = (appView: string, clock = systemClock): Destination =>
  openBluesky({
    account: account.handle,
    service: pds.url,
    directories: { plc: pds.plcUrl, appView },
    password: account.password,
    fetch,
    sessions: memorySessions(),
    clock,
    requestMs: 20_000,
    botLabel: false,
  })({ id: "bluesky:quay.test", name: "the quay" });

/** An app view that answers every look with this. */
const appView = (status: number, body: string) =>
  serve((_, response) => void response.writeHead(status, { "content-type": "application/json" }).end(body));

async function documentsOf(
  destination: Destination,
  documents: readonly string[],
): Promise<readonly RecordRef[]> {
  const looked = await destination.lookUp?.({ ...page, documents, tags: [], categories: [] }, never);
  return looked?.kind === "found" ? (looked.found.documents ?? []) : [];
}

test("what the app view has of a page stands in its card, and a real server takes it", async () => {
  const refs: readonly RecordRef[] = [
    { uri: DOCUMENT, cid: CID },
    { uri: PUBLICATION, cid: CID },
  ];
  await using view = await appView(
    200,
    JSON.stringify({ view: {}, associatedRefs: refs, associatedRecords: [{}] }),
  );
  const destination = open(view.url);
  const documents = await documentsOf(destination, page.documents);
  expect(documents).toEqual(refs);
  const asked = new URL(view.asked[0]?.url ?? "", view.url);
  expect(asked.pathname).toBe("/xrpc/app.bsky.embed.getEmbedExternalView");
  expect(asked.searchParams.get("url")).toBe(harbour.url);
  expect(asked.searchParams.getAll("uris")).toEqual([DOCUMENT]);
  const key = nextTid(Date.now(), null);
  const [post] = destination.compose({ ...harbour, image: null }, { ...options, key, documents });
  if (post === undefined) throw new Error("nothing was composed");
  const delivery: FrozenDelivery = { key, post, articleUrl: harbour.url, firstAttemptAt: null };
  expect(await destination.send(delivery, never)).toMatchObject({ kind: "sent" });
  expect(await pds.record(account.did, "app.bsky.feed.post", key)).toMatchObject({
    value: { embed: { external: { uri: harbour.url, associatedRefs: refs } } },
  });
});

test.each([
  ["the records do not back the page", 200, "{}"],
  ["it is not well", 500, "{}"],
  ["it is moved", 302, "{}"],
  ["it answers with something else", 200, "<html>"],
  ["its list is none", 200, '{"associatedRefs":{}}'],
  ["its reference has no cid", 200, JSON.stringify({ associatedRefs: [{ uri: DOCUMENT }] })],
  ["its cid is none", 200, JSON.stringify({ associatedRefs: [{ uri: DOCUMENT, cid: "bafy" }] })],
  [
    "its record is of another kind",
    200,
    JSON.stringify({ associatedRefs: [{ uri: "at://did:plc:x/app.bsky.feed.post/a", cid: CID }] }),
  ],
])("the card stays plain when %s", async (_, status, body) => {
  await using view = await appView(status, body);
  expect(await documentsOf(open(view.url), page.documents)).toEqual([]);
});

test("the card stays plain when nobody answers in time, and what is no such record is not asked for", async () => {
  const clock = openTestClock();
  await using silent = await serve(() => {});
  const looked = documentsOf(open(silent.url, clock), page.documents);
  await expect.poll(() => silent.asked.length).toBe(1);
  clock.advance(5_000);
  expect(await looked).toEqual([]);
  const others = ["at://did:plc:x/app.bsky.feed.post/a", "at://", "https://harbour.example"];
  expect(await documentsOf(open(silent.url), others)).toEqual([]);
  expect(silent.asked).toHaveLength(1);
});

test("a plain post has no card to bear them", () => {
  const documents = [{ uri: DOCUMENT, cid: CID }];
  const [post] = open("http://127.0.0.1:9").compose(harbour, { ...options, style: "plain", documents });
  expect(JSON.stringify(post)).not.toContain("site.standard");
});
