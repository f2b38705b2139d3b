import { expect, test } from "vitest";
import { configOf, load } from "./write.ts";

const feeds = "feeds: [{ url: https://frontline.example, post_to: [{ preview: discord }] }]\n";
const problemsOf = async (store: string) => {
  const { loaded } = await load({ "bulletin.yaml": `${feeds}store: ${store}` });
  return loaded.kind === "invalid" ? loaded.problems.map(({ what, mend }) => `${what}. ${mend}`) : [];
};

test("a store is the data folder's file, or a database that has no password in its address", async () => {
  expect(await configOf({ "bulletin.yaml": feeds })).toMatchObject({ store: null });
  expect(
    await configOf({ "bulletin.yaml": `${feeds}store: postgres://bulletin@db.internal/news` }),
  ).toMatchObject({
    store: "postgres://bulletin@db.internal/news",
  });
});

test.each(["postgres://bulletin:hunter2@db.internal/news", "mysql://bulletin:hunter2@db.internal/news"])(
  "a password in YAML is refused, and not repeated (%s)",
  async (store) => {
    expect(await problemsOf(store)).toEqual([
      "this address has a password in it. Take it out, and set STORE_PASSWORD (or STORE_PASSWORD_FILE) in .env or in the environment.",
    ]);
  },
);

test.each([
  ["postgres://db.internal", "this address names no database"],
  ["data/other.db", '"data/other.db" is no address of a PostgreSQL database'],
])("what is no address of a database is refused (%s)", async (store, what) => {
  expect((await problemsOf(store))[0]).toContain(what);
});
