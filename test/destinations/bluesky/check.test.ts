import { afterAll, beforeAll, expect, test } from "vitest";
import type { Destination } from "../../../src/domain/types.ts";
import { openBluesky } from "../../../src/destinations/bluesky/send.ts";
import type { BlueskyOptions } from "../../../src/destinations/bluesky/send.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { openFaultProxy, openPds } from "../../support/pds.ts";
import type { TestAccount, TestPds } from "../../support/pds.ts";
import { memorySessions } from "../../support/sessions.ts";
import type { MemorySessions } from "../../support/sessions.ts";

const never = new AbortController().signal;
const PROFILE = "app.bsky.actor.profile";
let pds: TestPds;
let accounts = 0;

beforeAll(async () => {
  pds = await openPds();
});
afterAll(() => pds[Symbol.asyncDispose]());

type Changes = Partial<BlueskyOptions>;

async function openAccount(): Promise<{
  readonly account: TestAccount;
  readonly sessions: MemorySessions;
  readonly open: (changes?: Changes) => Destination;
}> {
  const account = await pds.createAccount(`checked${++accounts}.test`);
  const sessions = memorySessions();
  const directories = { plc: pds.plcUrl, appView: pds.url };
  const common = {
    directories,
    service: pds.url,
    password: account.password,
    requestMs: 20_000,
    botLabel: true,
  };
  const open = (changes: Changes = {}): Destination =>
    openBluesky({ account: account.handle, ...common, fetch, sessions, clock: systemClock, ...changes })({
      id: `bluesky:${account.handle}`,
      name: "checked",
    });
  return { account, sessions, open };
}

const putProfile = (account: TestAccount, record: Record<string, unknown>): Promise<unknown> =>
  account.owner.com.atproto.repo.putRecord({
    repo: account.did,
    collection: PROFILE,
    rkey: "self",
    record: { $type: PROFILE, ...record },
  });

test("the bot label is added to the profile, and all else stays", async () => {
  const { account, open } = await openAccount();
  const picture = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
  const { data } = await account.owner.com.atproto.repo.uploadBlob(picture, { encoding: "image/png" });
  const labels = { $type: "com.atproto.label.defs#selfLabels", values: [{ val: "!no-unauthenticated" }] };
  await putProfile(account, {
    displayName: "Harbour Post",
    avatar: data.blob,
    labels,
    "example.colour": "blue",
  });
  const before = (await pds.record(account.did, PROFILE, "self"))?.value as Record<string, unknown>;
  expect(await open().check(never)).toEqual([]);
  expect((await pds.record(account.did, PROFILE, "self"))?.value).toEqual({
    ...before,
    labels: { ...labels, values: [{ val: "!no-unauthenticated" }, { val: "bot" }] },
  });
});

test("a label that is there already is not written again", async () => {
  const { account, open } = await openAccount();
  expect(await open().check(never)).toEqual([]);
  const first = await pds.record(account.did, PROFILE, "self");
  expect(await open().check(never)).toEqual([]);
  expect(await pds.record(account.did, PROFILE, "self")).toEqual(first);
});

test("a profile that someone else edits at the same time is left alone", async () => {
  const { account, open } = await openAccount();
  const cutting: typeof fetch = async (input, init) => {
    const address = input instanceof Request ? input.url : input.toString();
    if (address.includes("putRecord")) await putProfile(account, { displayName: "Edited meanwhile" });
    return fetch(input, init);
  };
  expect(await open({ fetch: cutting }).check(never)).toMatchObject([
    { severity: "hint", mend: "Run check again." },
  ]);
  expect((await pds.record(account.did, PROFILE, "self"))?.value).toMatchObject({
    displayName: "Edited meanwhile",
  });
});

test("a missing label is only suggested unless the config asks for it", async () => {
  const { account, open } = await openAccount();
  expect(await open({ botLabel: false }).check(never)).toEqual([
    {
      what: "the profile does not say that it is a bot",
      mend: "Set bot_label: true, and the profile says so from then on.",
      severity: "hint",
    },
  ]);
  expect(await pds.record(account.did, PROFILE, "self")).toBeNull();
});

test("a missing password says where to make one and where it goes", async () => {
  const { open, account } = await openAccount();
  const [problem, ...others] = await open({ password: null }).check(never);
  expect(others).toEqual([]);
  expect(problem?.severity).toBe("error");
  expect(problem?.what).toContain(account.handle);
  expect(problem?.what).toContain("https://bsky.app/settings/app-passwords");
  expect(problem?.what).toContain("BLUESKY_APP_PASSWORD");
});

test("with a stored session a missing password is only a hint", async () => {
  const { open } = await openAccount();
  await open().check(never);
  expect(await open({ password: null }).check(never)).toMatchObject([{ severity: "hint" }]);
});

test("a wrong password is an error with the way to mend it", async () => {
  const { open } = await openAccount();
  const [problem] = await open({ password: "wrong-horse" }).check(never);
  expect(problem).toMatchObject({ severity: "error" });
  expect(problem?.mend).toContain("https://bsky.app/settings/app-passwords");
  expect(JSON.stringify(problem)).not.toContain("wrong-horse");
});

test("a handle that was changed is noticed", async () => {
  const { account, open } = await openAccount();
  await open().check(never);
  await account.owner.com.atproto.identity.updateHandle({ handle: `renamed${accounts}.test` });
  expect(await open().check(never)).toEqual([
    {
      what: `${account.handle} is renamed${accounts}.test (${account.did}) now`,
      mend: `Write renamed${accounts}.test into the config, or log ${account.handle} in again.`,
      severity: "error",
    },
  ]);
});

test("a server that does not answer is one problem", async () => {
  const { open } = await openAccount();
  await using proxy = await openFaultProxy(pds.url);
  proxy.fail("createSession", { kind: "hang" });
  const problems = await open({ service: proxy.url, requestMs: 200 }).check(never);
  expect(problems).toMatchObject([{ severity: "error" }]);
  expect(problems[0]?.what).toContain("no answer within 0.2 s");
});
