import { mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type CodeFile, readCode } from "./support/code.ts";
import { type LongFiles, packagesOf, violations } from "./support/rules.ts";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

const LONG_FILES: LongFiles = {
  "articles/key-points/labels.ts": "lists of words in many languages",
  "articles/key-points/page.ts": "one walk over a page, with the types of all that it gathers",
  "domain/types.ts": "the contract between the parts, read as one",
  "store/deliveries.ts": "the outbox: one named function per statement",
  "store/entries.ts": "one named function per statement",
};

test("the code keeps to the import table, the package rules and the bans of HOUSE.md", () => {
  expect(violations(readCode(SRC), LONG_FILES)).toEqual([]);
});

test("every package that the code imports is a dependency, and every dependency is imported", () => {
  const manifest = JSON.parse(readFileSync(join(SRC, "../package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  // The package "node" is the runtime itself.
  const wanted = Object.keys(manifest.dependencies).filter((name) => name !== "node");
  expect([...packagesOf(readCode(SRC))].sort()).toEqual(wanted.sort());
});

const breaches: readonly (readonly [path: string, code: string, expected: string])[] = [
  ["domain/types.ts", 'import "../lib/text.ts";', "must not import lib/text.ts"],
  ["lib/text.ts", 'import "../store/open.ts";', "must not import store/open.ts"],
  ["feeds/parse.ts", 'import type { A } from "../articles/dom.ts";', "must not import articles/dom.ts"],
  ["config/load.ts", 'export { a } from "../app.ts";\nexport const b = 1;', "must not import app.ts"],
  [
    "destinations/bluesky/send.ts",
    'await import("../discord/send.ts");',
    "must not import destinations/discord/send.ts",
  ],
  ["pipeline/poll.ts", 'type A = import("../operator/why.ts").A;', "must not import operator/why.ts"],
  ["articles/thread.ts", 'new Worker(new URL("../web/x.ts", import.meta.url));', "must not import web/x.ts"],
  ["cli/run.ts", 'import "../store/open.ts";', "must not import store/open.ts"],
  ["app.ts", 'import "./cli/run.ts";', "must not import cli/run.ts"],
  ["main.ts", 'import "./store/open.ts";', "must not import store/open.ts"],
  ["stray/thing.ts", "", "stands in no folder that HOUSE.md knows"],
  ["cli/post.ts", 'import { REST } from "discord.js";', "must not import discord.js"],
  ["destinations/discord/send.ts", 'import "@atproto/api";', "must not import @atproto/api"],
  ["operator/why.ts", 'import { sql } from "kysely";', "must not import kysely"],
  [
    "pipeline/deliver.ts",
    'import { delay } from "node:timers/promises";',
    "must not import node:timers/promises",
  ],
  ["feeds/parse-json.ts", 'import { z } from "zod";', "must not import zod"],
  ["config/load.ts", 'process.env["A"];', "uses process"],
  ["cli/run.ts", "const { argv } = process;", "uses process"],
  ["main.ts", "process.exit(1);", "uses process.exit"],
  ["web/server.ts", 'console.log("a");', "uses console"],
  ["feeds/cadence.ts", "Date.now();", "uses Date.now"],
  ["feeds/cadence.ts", "new Date();", "uses new Date()"],
  ["feeds/cadence.ts", "Math.random();", "uses Math.random"],
  ["lib/http.ts", "setTimeout(f, 1);", "uses setTimeout()"],
  ["domain/types.ts", "enum A { B }", "uses enum"],
  ["store/index.ts", "export const a = 1;", "only passes names on (a barrel)"],
  ["store/all.ts", 'export * from "./open.ts";', "only passes names on (a barrel)"],
  ["lib/utils/text.ts", "", '"utils" says nothing about what is in it'],
  ["lib/helpers.ts", "", '"helpers.ts" says nothing about what is in it'],
  ["lib/long.ts", "a;\n".repeat(301), "has 301 lines, more than 300"],
];

test.each(breaches)("%s: %s is found", (path, code, expected) => {
  expect(found({ [path]: code })).toContain(`${path}: ${expected}`);
});

test("what the rules allow is not found", () => {
  const code = {
    "app.ts":
      'import "./web/server.ts"; import "./store/open.ts"; await import("./destinations/discord/send.ts");',
    "main.ts": 'await import("./doors.ts"); const { env } = process;',
    "doors.ts": 'import "./app.ts"; import "./cli/run.ts";',
    "lib/clock.ts": 'import { setTimeout } from "node:timers/promises"; Date.now(); Math.random();',
    "feeds/dates.ts": 'new Date(0); clock.now(); "Date.now() in a text"; // and console.log in a comment',
    "destinations/bluesky/send.ts": 'import { AtpAgent } from "@atproto/api"; import "./compose.ts";',
    "cli/run.ts":
      'import type { A } from "../operator/why.ts"; import "../domain/types.ts"; import "../lib/text.ts";',
  };
  expect(found(code)).toEqual([]);
});

test("a composer that reaches a platform's package through another file is found, one that takes its types is not", () => {
  const through = {
    "destinations/discord/compose.ts": 'import "./limits.ts";',
    "destinations/discord/limits.ts": 'import "discord.js";',
  };
  const message = "destinations/discord/compose.ts: brings in discord.js, but composing is pure";
  expect(found(through)).toEqual([message]);
  const typed = { ...through, "destinations/discord/limits.ts": 'import type { REST } from "discord.js";' };
  expect(found(typed)).toEqual([]);
});

test("an import cycle is found once, also one of types", () => {
  const cycle = {
    "store/a.ts": 'import "./b.ts";',
    "store/b.ts": 'import "./c.ts";',
    "store/c.ts": 'import type { A } from "./a.ts";',
  };
  expect(found(cycle)).toEqual([
    "store/a.ts: imports itself: store/a.ts -> store/b.ts -> store/c.ts -> store/a.ts",
  ]);
});

test("a long file needs a reason, and a reason needs a long file", () => {
  const long = { "lib/long.ts": "a;\n".repeat(301) };
  expect(found(long, { "lib/long.ts": "a table" })).toEqual([]);
  expect(found({ "lib/long.ts": "" }, { "lib/long.ts": "a table" })).toEqual([
    "lib/long.ts: is no longer long: take it off the list",
  ]);
});

/** The breaches of a few files, written to a folder of their own. */
function found(code: Readonly<Record<string, string>>, longFiles: LongFiles = {}): readonly string[] {
  using folder = mkdtempDisposableSync(join(tmpdir(), "bulletin-house-"));
  for (const [path, text] of Object.entries(code)) {
    mkdirSync(join(folder.path, dirname(path)), { recursive: true });
    writeFileSync(join(folder.path, path), text);
  }
  const files: readonly CodeFile[] = readCode(folder.path);
  return violations(files, longFiles);
}
