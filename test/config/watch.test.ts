import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fingerprint, watchConfig } from "../../src/config/watch.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { folderOf } from "./write.ts";

/** A clock that does not wait. */
const clock = { ...systemClock, sleep: () => Promise.resolve() };

/** Puts a file in place in one step, as careful editors do. */
async function save(folder: string, name: string, text: string): Promise<void> {
  await writeFile(join(folder, `${name}.new`), text);
  await rename(join(folder, `${name}.new`), join(folder, name));
}

test("a changed file is told once; one saved as it was, or of another kind, is not", async () => {
  const folder = await folderOf({ "bulletin.yaml": "timezone: UTC\n" });
  const changes: string[] = [];
  let onChange: () => void = () => undefined;
  const next = () => new Promise<void>((resolve) => (onChange = resolve));
  const watcher = watchConfig(folder, clock, await fingerprint(folder), () => {
    changes.push("changed");
    onChange();
  });
  onTestFinished(() => watcher[Symbol.dispose]());

  const first = next();
  await save(folder, "bulletin.yaml", "timezone: UTC\n");
  await save(folder, "notes.txt", "nothing\n");
  await save(folder, "bulletin.yaml", "timezone: Europe/Berlin\n");
  await first;
  expect(changes).toHaveLength(1);

  const second = next();
  await save(folder, "more.yaml", "contact: desk@frontline.example\n");
  await second;
  expect(changes).toHaveLength(2);
});

test("what was saved between reading the config and watching it is told as well", async () => {
  const folder = await folderOf({ "bulletin.yaml": "timezone: UTC\n" });
  const read = await fingerprint(folder);
  await save(folder, "bulletin.yaml", "timezone: Europe/Berlin\n");
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = watchConfig(folder, clock, read, resolve);
  onTestFinished(() => watcher[Symbol.dispose]());
  await expect(promise).resolves.toBeUndefined();
});

test("a folder that is not there cannot be watched", () => {
  expect(() => watchConfig("/nowhere/config", clock, "", () => undefined)).toThrow(/ENOENT/u);
});
