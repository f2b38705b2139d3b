import { existsSync, mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { extractKeyPoints } from "../src/articles/key-points.ts";
import { LABELS } from "../src/articles/key-points/labels.ts";
import { matchLabel } from "../src/articles/key-points/match-label.ts";
import { VERSION } from "../src/app.ts";
import type { Doors } from "../src/cli/doors.ts";
import { programOf } from "../src/cli/program.ts";
import { loadConfig } from "../src/config/load.ts";
import { configReference, ENVIRONMENT, type ReferenceRow } from "../src/config/reference.ts";
import { readCode } from "./support/code.ts";
import { codeIn, headingsOf, linksIn, readDocument, rowsOf, type Section } from "./support/markdown.ts";
import { MAY_IMPORT, ROOT_FILES } from "./support/rules.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SRC = join(ROOT, "src");
const text = readFileSync(join(ROOT, "README.md"), "utf8");
const readme = readDocument(text);

type Manifest = Readonly<
  Record<"scripts" | "dependencies" | "devDependencies", Readonly<Record<string, string>>>
>;
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;

/** The section under a heading; a missing one fails the test that wants it. */
function section(heading: string): Section {
  const found = readme.find((one) => one.heading === heading);
  if (found === undefined) throw new Error(`README has no heading "${heading}"`);
  return found;
}

/** The code spans in the first cells of a section's tables. */
const named = (heading: string): readonly string[] =>
  rowsOf(section(heading)).flatMap(([first = ""]) => codeIn(first));

const sorted = (list: Iterable<string>): readonly string[] => [...list].sort();

test("its first lines are the two commands", () => {
  expect(text.split("\n").slice(0, 5)).toEqual([
    "# Bulletin",
    "",
    "```sh",
    "npm ci && npm start",
    "npm ci && npm test",
  ]);
});

// ---------------------------------------------------------------- config

/** The rows of a reference table, once for each block that the sentence above it names. */
function documentedKeys({ tables }: Section): readonly ReferenceRow[] {
  return tables.flatMap(({ intro, rows }) => {
    const blocks = codeIn(intro).filter((code) => isBlock(code));
    const prefixes = blocks.length === 0 ? [""] : blocks.map((block) => `${block}.`);
    return rows.flatMap(([key = "", type = "", fallback = "", description = ""]) =>
      prefixes.map((prefix) => ({
        key: `${prefix}${codeIn(key)[0] ?? key}`,
        type,
        default: fallback,
        description,
      })),
    );
  });
}

const isBlock = (code: string): boolean => configReference().some(({ key }) => key.startsWith(`${code}.`));

const byKey = (rows: readonly ReferenceRow[]): readonly ReferenceRow[] =>
  [...rows].sort((one, other) => (one.key < other.key ? -1 : 1));

test("it has every key of the config, with what the schema says of it, and no other", () => {
  expect(byKey(documentedKeys(section("Every key")))).toEqual(byKey(configReference()));
});

test("it has every variable, with what it is, and no other", () => {
  const rows = rowsOf(section("Every variable")).map(([name = "", what]) => [codeIn(name)[0], what]);
  expect(rows).toEqual(ENVIRONMENT.map(({ name, description }) => [name, description]));
});

test("every key and variable that its sentences name exists", () => {
  const keys = configReference().map(({ key }) => key);
  const blocks = keys.filter((key) => isBlock(key) && !key.includes("."));
  const typedKeys = codeIn(text).filter((code) => /^[a-z_]+(?:\[\])?\.[a-z_.[\]]+$/u.test(code));
  const ofBlocks = typedKeys.filter((code) => blocks.some((block) => code.startsWith(block)));
  expect(ofBlocks).toContain("timing.host_gap");
  expect(ofBlocks.filter((code) => !keys.includes(code.replace(/\[\]$/u, "")))).toEqual([]);
  const variables = codeIn(text).flatMap((code) => /^([A-Z]+(?:_[A-Z]+)+)=?$/u.exec(code)?.[1] ?? []);
  const names = ENVIRONMENT.map(({ name }) => name);
  expect(variables.filter((name) => !names.includes(name))).toEqual([]);
});

test("the code reads no variable that the list does not have", () => {
  const known = new Set(ENVIRONMENT.map(({ name }) => name));
  const read = readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => [...readFileSync(join(SRC, path), "utf8").matchAll(/env\["(\w+)"\]/gu)])
    .map(([, name = ""]) => name);
  expect(read).toContain("LOG_LEVEL");
  expect(read.filter((name) => !known.has(name))).toEqual([]);
});

test("its examples of a config are right, and nothing is to be said of them", async () => {
  const examples = ["Config", "Templates"].flatMap((heading) =>
    section(heading).blocks.filter(({ language }) => language === "yaml"),
  );
  expect(examples).toHaveLength(3);
  for (const { code } of examples) {
    using folder = mkdtempDisposableSync(join(tmpdir(), "bulletin-docs-"));
    writeFileSync(join(folder.path, "bulletin.yaml"), code);
    expect(await loadConfig({ folder: folder.path, env: {} })).toMatchObject({
      kind: "loaded",
      warnings: [],
    });
  }
});

// ---------------------------------------------------------------- commands

const silent = { out: () => {}, error: () => {}, interactive: false, color: false };
const program = programOf({ terminal: silent } as unknown as Doors, VERSION, () => {});

test("it has every command, with its arguments and options, and no other", () => {
  const rows = rowsOf(section("Commands")).map(([usage = "", , options = ""]) => ({
    usage: codeIn(usage)[0],
    options: sorted(codeIn(options)),
  }));
  const commands = program.commands.map((command) => ({
    usage: [command.name(), command.usage().replace("[options]", "").trim()].join(" ").trim(),
    options: sorted(command.options.map(({ long }) => long ?? "")),
  }));
  expect(rows).toEqual(expect.arrayContaining(commands));
  expect(rows).toHaveLength(commands.length);
});

const TYPED = /(?:^|[\s`])(?:npx bulletin|npm run bulletin --|bulletin) ([a-z]+)\b([^`\n]*)/gmu;

test("wherever it types a command, that command exists, and so do its options", () => {
  const unknown = [...text.matchAll(TYPED)].filter(([, name = "", rest = ""]) => {
    const command = program.commands.find((one) => one.name() === name);
    const options = [...program.options, ...(command?.options ?? [])].map(({ long }) => long);
    const given = rest.match(/--[a-z]+/gu) ?? [];
    return (command === undefined && name !== "help") || given.some((option) => !options.includes(option));
  });
  expect(unknown.map(([typed]) => typed)).toEqual([]);
});

test("it has every script of package.json, and no other", () => {
  const mentioned = rowsOf(section("The code"))
    .flatMap((cells) => cells.flatMap(codeIn))
    .map(scriptOf);
  expect(sorted(new Set(mentioned.filter((name) => name !== null)))).toEqual(
    sorted(Object.keys(manifest.scripts)),
  );
  const elsewhere = [...text.matchAll(/npm (?:run )?[a-z:]+/gu)].map(([typed]) => scriptOf(typed));
  expect(elsewhere.filter((name) => name !== null && manifest.scripts[name] === undefined)).toEqual([]);
});

/** The script that a typed npm command runs; null for npm's own commands. */
const scriptOf = (typed: string): string | null =>
  /^npm run ([a-z:]+)/u.exec(typed)?.[1] ?? /^npm (start|test)$/u.exec(typed)?.[1] ?? null;

// ---------------------------------------------------------------- code

test("it gives a reason for every dependency, and for no other", () => {
  const [needed, forTests] = section("Dependencies").tables.map(({ rows }) => rows);
  const names = (rows: typeof needed) => sorted((rows ?? []).map(([name = ""]) => codeIn(name)[0] ?? name));
  expect(names(needed)).toEqual(sorted(Object.keys(manifest.dependencies)));
  expect(names(forTests)).toEqual(sorted(Object.keys(manifest.devDependencies)));
  expect(rowsOf(section("Dependencies")).filter(([, reason = ""]) => reason.length < 5)).toEqual([]);
});

test("its map has every folder of src that holds files and every file at its top, and no other", () => {
  const entries = readdirSync(SRC, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const places = entries.map(({ parentPath, name }) =>
    parentPath === SRC ? `src/${name}` : `src/${parentPath.slice(SRC.length + 1)}`,
  );
  const mapped = named("The map");
  expect(sorted(mapped.filter((place) => place.startsWith("src/")))).toEqual(sorted(new Set(places)));
  expect(mapped.filter((place) => !existsSync(join(ROOT, place)))).toEqual([]);
});

test("its import table is the one that the architecture test enforces", () => {
  const paths = readCode(SRC).map(({ path }) => path);
  const standing = (place: string) => paths.some((path) => path.startsWith(place));
  const place = (name: string) => `src/${name.replace(/\/$/u, "")}`;
  const isRoot = (folder: string) => ROOT_FILES.includes(folder);
  const expected = MAY_IMPORT.filter(([folder]) => standing(folder) && !isRoot(folder)).map(
    ([folder, may]) => `${place(folder)}: ${sorted(may.map(place)).join(", ")}`,
  );
  const found = rowsOf(section("Who may import whom")).flatMap(([who = "", may = ""]) =>
    codeIn(who)
      .filter((folder) => folder !== "src")
      .map((folder) => `${folder}: ${sorted(codeIn(may)).join(", ")}`),
  );
  expect(sorted(found)).toEqual(sorted(expected));
});

test("every path that it names is there", () => {
  const paths = codeIn(text).filter((code) =>
    /^(?:src|test|config\/sample|\.github|\.ci)\/[\w./-]+$/u.test(code),
  );
  expect(paths.length).toBeGreaterThan(40);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test("every link in it leads somewhere: to a heading, or to a file", () => {
  const inside = linksIn(text).filter((link) => !/^https?:/u.test(link));
  const headings = new Set(headingsOf(text));
  const dead = inside.filter((link) =>
    link.startsWith("#") ? !headings.has(link) : !existsSync(join(ROOT, link.split("#")[0] ?? "")),
  );
  expect(inside).toContain(".github/preview.png");
  expect(dead).toEqual([]);
});

// ---------------------------------------------------------------- editors

const EDITORS = "For editors: key points that Bulletin finds";
/** What follows the points: a list without a label counts only when the text speaks of the same things. */
const TEXT = [
  "The county said that the work on Ferry Bridge went faster than anybody had expected it to in spring.",
  "Cars and buses may cross again on Monday, but lorries over 7.5 tonnes wait for a load test in December.",
  "The repair cost about two million pounds, rather less than the county had set aside for it last year.",
  "Walkers and cyclists were able to use the bridge all through the summer, under a roof of scaffolding.",
]
  .map((paragraph) => `<p>${paragraph}</p>`)
  .join("");

test("what it shows to editors is found", () => {
  const shown = section(EDITORS).blocks.filter(({ language }) => language === "html");
  expect(shown).toHaveLength(2);
  for (const { code } of shown) {
    const page = `<title>Bridge reopens early</title><article><h1>Bridge reopens early</h1>${code}${TEXT}</article>`;
    const { points } = extractKeyPoints(page, { url: null, language: "en" }).keyPoints;
    expect(points[0]).toMatch(/^Ferry Bridge reopens to cars and buses on Monday/u);
    expect(points).toHaveLength(code.match(/<li>|•/gu)?.length ?? 0);
  }
});

test("the labels that it names are labels", () => {
  const line =
    section(EDITORS)
      .body.split("\n")
      .find((one) => one.startsWith("- **Label it**")) ?? "";
  const [sure = "", weak = ""] = line.split("Labels are known");
  const quoted = (part: string) => [...part.matchAll(/"([^"]+)"/gu)].map(([, label = ""]) => label);
  expect(quoted(sure).map((label) => matchLabel(label))).toMatchObject(
    quoted(sure).map(() => ({ strength: "strong", whole: true })),
  );
  expect(quoted(weak).map((label) => matchLabel(label)?.strength)).toEqual(["weak", "weak"]);
  expect(line).toContain(`known in ${Object.keys(LABELS).length} languages`);
});
