import { expect, test } from "vitest";
import { openStore, type Db } from "../../src/store/open.ts";

const pause = (host: string) => (tx: Db) =>
  tx.insertInto("hosts").values({ host, pausedUntil: 1, reason: "" }).executeTakeFirst();

test("units that come together share a transaction; one that fails takes none of the others with it", async () => {
  await using store = await openStore(":memory:");
  const hosts = async () =>
    (await store.db.selectFrom("hosts").select("host").execute()).map((row) => row.host);
  const broken = async (tx: Db): Promise<void> => {
    await pause("half")(tx);
    throw new Error("broken");
  };
  const settled = await Promise.allSettled([
    store.group(pause("one")),
    store.group(broken),
    store.group(pause("two")),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect((await hosts()).toSorted()).toEqual(["one", "two"]);
  await store.group(pause("three"));
  expect(await hosts()).toContain("three");
});

test("what a unit gives comes back when it is committed", async () => {
  await using store = await openStore(":memory:");
  const counts = await Promise.all(
    ["a", "b", "c"].map((host) =>
      store.group(async (tx) => {
        await pause(host)(tx);
        return (await tx.selectFrom("hosts").selectAll().execute()).length;
      }),
    ),
  );
  expect(counts).toEqual([1, 2, 3]);
});
