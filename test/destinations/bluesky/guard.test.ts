import { afterAll, beforeAll, expect, test } from "vitest";
import { openBluesky } from "../../../src/destinations/bluesky/send.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { openHttp } from "../../../src/lib/http.ts";
import type { Http } from "../../../src/lib/http.ts";
import { limits } from "../../support/limits.ts";
import { openPds } from "../../support/pds.ts";
import type { TestPds } from "../../support/pds.ts";
import { memorySessions } from "../../support/sessions.ts";

const never = new AbortController().signal;
let pds: TestPds;

beforeAll(async () => {
  pds = await openPds();
});
afterAll(() => pds[Symbol.asyncDispose]());

const guarded = (allow: readonly string[]): Http =>
  openHttp({
    userAgent: "bulletin-test",
    limits,
    network: { allow, ports: [] },
    hostGap: 0,
    clock: systemClock,
  });

test("a server inside the network is used when the config names it, and is otherwise not even asked", async () => {
  const account = await pds.createAccount("inside.test");
  const common = { account: account.handle, service: pds.url, password: account.password, botLabel: true };
  const directories = { plc: pds.plcUrl, appView: pds.url };
  const waits = { directories, sessions: memorySessions(), clock: systemClock, requestMs: 20_000 };
  const named = { id: "bluesky:inside.test", name: "inside" };
  await using opened = guarded([new URL(pds.url).host]);
  await using closed = guarded([]);
  const refused = openBluesky({ ...common, ...waits, fetch: closed.fetch })(named);
  const [problem] = await refused.check(never);
  expect(problem?.what).toContain("is not open");
  const destination = openBluesky({ ...common, ...waits, fetch: opened.fetch })(named);
  expect(await destination.check(never)).toEqual([]);
});
