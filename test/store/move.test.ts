import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { move } from "../../src/operator/move.ts";
import { openStore } from "../../src/store/open.ts";
import { openTestApp, type TestApp } from "../support/app.ts";
import { MINUTE } from "../support/clock.ts";
import { type Line, openLine } from "../support/line.ts";
import { publish, to } from "../support/publish.ts";
import { scripted, sent, titles } from "../support/scripted.ts";
import { storeAt } from "../support/stores.ts";

const quiet = (): void => {};

/** An empty place of the other kind where there is one, else another file. */
const placeIn = (folder: string): Promise<string> => storeAt(join(folder, "moved"), join(folder, "moved.db"));

const tableOf = async (location: string, table: "deliveries" | "entries" | "sightings" | "feeds") => {
  await using store = await openStore(location);
  return (await store.db.selectFrom(table).selectAll().execute())
    .map((row) => JSON.stringify(row))
    .toSorted();
};

async function withPosts(): Promise<{ readonly line: Line; readonly app: TestApp }> {
  const line = await openLine({ yaml: to("discord: 1"), destinations: [scripted("discord:1")] });
  await publish(line, "one", "two");
  return { line, app: line.app() };
}

test("a store is moved whole into a file or a database, and back, and the old one is refused", async () => {
  const { line, app } = await withPosts();
  await using _ = line;
  const place = await placeIn(line.folder);
  const { lines } = await move(app.operator, place, quiet);
  expect(lines[0]).toMatch(/^moved to .* rows in 17 tables, read back and compared$/u);
  await using there = await openStore(place);
  expect(
    (await there.db.selectFrom("deliveries").select("state").execute()).map(({ state }) => state),
  ).toEqual(["sent", "sent"]);
  await expect(line.restart()).rejects.toThrow(/This store was moved to/u);
  const back = join(line.folder, "back.db");
  await move({ ...app.operator, context: { ...app.operator.context, store: there } }, back, quiet);
  for (const table of ["feeds", "entries", "sightings", "deliveries"] as const) {
    await using again = await openStore(back);
    const rows = await there.db.selectFrom(table).selectAll().execute();
    expect(await tableOf(back, table)).toEqual(rows.map((row) => JSON.stringify(row)).toSorted());
    expect(again.engine).toBe("sqlite");
  }
});

test("a target that is not empty is refused, and nothing changes", async () => {
  const { line, app } = await withPosts();
  await using _ = line;
  const place = join(line.folder, "full.db");
  await using full = await openStore(place);
  await full.db.insertInto("sessions").values({ account: "a", data: "{}", updatedAt: 0 }).execute();
  await expect(move(app.operator, place, quiet)).rejects.toThrow("is not empty (it has sessions)");
  await publish(line, "three");
});

test("a move takes the store from under a bot that sends: it begins nothing more, and the post is looked for", async () => {
  const before = scripted("discord:1", { resend: { withinMs: 0 } });
  await using line = await openLine({ yaml: to("discord: 1"), destinations: [before] });
  const began = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  before.script.send = async (delivery) => {
    began.resolve();
    await answer.promise;
    return sent(delivery);
  };
  const working = publish(line, "one");
  await began.promise;
  const folder = join(line.folder, "moved");
  await mkdir(folder);
  const place = await storeAt(folder, join(folder, "bulletin.db"));
  await move(line.app().operator, place, quiet);
  answer.resolve();
  await Promise.allSettled([working]);
  expect((await line.app().operator.schedule.moved).message).toContain("start Bulletin again");
  await expect(publish(line, "one", "two")).rejects.toThrow("moved to");
  expect(titles(before)).toEqual(["one"]);
  for (const table of ["feeds", "deliveries", "destinations"] as const)
    await expect(line.app().store.db.deleteFrom(table).execute()).rejects.toThrow("moved to");

  const after = scripted("discord:1", { resend: { withinMs: 0 } });
  after.script.find = ({ key }) => ({ kind: "found", ref: { id: key, url: null, cid: null } });
  await using next = await openTestApp({
    folder,
    yaml: to("discord: 1")(line.site.feedUrl),
    clock: line.clock,
    destinations: [after],
  });
  line.clock.advance(11 * MINUTE);
  await next.pass();
  expect([after.finds.length, titles(after)]).toEqual([1, ["two"]]);
});
