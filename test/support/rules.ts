import type { CodeFile } from "./code.ts";

/** The composition root: the files at the top of src that make the long-lived things, and the program itself. */
export const ROOT_FILES: readonly string[] = [
  "app.ts",
  "accounts.ts",
  "clicks.ts",
  "hubs.ts",
  "installation.ts",
  "reload.ts",
  "renames.ts",
  "restored.ts",
  "sample.ts",
];

/** Folder -> what it may import besides domain, lib and itself (HOUSE.md, "The map"). Order: the first match counts. */
export const MAY_IMPORT: readonly (readonly [folder: string, may: readonly string[]])[] = [
  ["domain/", []],
  ["lib/", []],
  ["config/", []],
  ["feeds/", []],
  ["articles/", []],
  ["store/", []],
  ["destinations/discord/", []],
  ["destinations/bluesky/", []],
  ["destinations/preview/", []],
  ["pipeline/", ["feeds/", "articles/", "store/"]],
  ["operator/", ["config/", "feeds/", "articles/", "store/", "pipeline/"]],
  ["cli/", ["operator/"]],
  ["slash/", ["operator/"]],
  ["web/", ["operator/"]],
  ["main.ts", ["doors.ts"]],
  ["doors.ts", [...ROOT_FILES, "cli/"]],
  ...ROOT_FILES.map((file) => [file, ["!cli/", "!main.ts", "!doors.ts"]] as const),
];

/** Package -> the only places that know it. A platform's or an engine's words stay where they are translated. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "discord.js": ["destinations/discord/", "slash/"],
  "@atproto/": ["destinations/bluesky/"],
  kysely: ["store/"],
  pg: ["store/"],
  "node:sqlite": ["store/"],
  "node-cron": ["lib/cron.ts", "pipeline/schedule.ts"],
  undici: ["lib/http.ts", "lib/http/"],
  pino: ["lib/log.ts"],
  commander: ["cli/"],
  "@clack/prompts": ["cli/"],
  hono: ["web/"],
  "@hono/node-server": ["web/"],
  // The config, and the places that read somebody else's JSON.
  zod: [
    "config/",
    "destinations/discord/frames.ts",
    "destinations/discord/reader.ts",
    "destinations/discord/replies.ts",
    "destinations/bluesky/documents.ts",
    "destinations/bluesky/recent.ts",
    "destinations/bluesky/resolve.ts",
    "destinations/bluesky/session.ts",
    "renames.ts",
  ],
  "node:timers": ["lib/clock.ts"],
  "node:timers/promises": ["lib/clock.ts"],
  "node:process": ["main.ts"],
};

/** Global or construct -> the only places that use it; nowhere when the list is empty. */
const USES: Readonly<Record<string, readonly string[]>> = {
  process: ["main.ts"],
  "process.exit": [],
  console: [],
  "Date.now": ["lib/clock.ts"],
  "new Date()": ["lib/clock.ts"],
  "Date()": ["lib/clock.ts"],
  "Temporal.Now": ["lib/clock.ts"],
  performance: ["lib/clock.ts"],
  "Math.random": ["lib/clock.ts"],
  "setTimeout()": ["lib/clock.ts"],
  "setInterval()": ["lib/clock.ts"],
  "setImmediate()": ["lib/clock.ts"],
  "AbortSignal.timeout": ["lib/http.ts", "lib/http/"],
  enum: [],
  namespace: [],
};

const BAD_FOLDERS = ["utils", "util", "helpers", "services", "managers", "common", "misc"];

/** Lines; a file does one thing. */
const LONGEST = 300;
/** A file on the list of long ones may shrink to this before it must leave it. */
const LONG_NO_MORE = 250;

/** A file that is longer for a reason -> the reason. */
export type LongFiles = Readonly<Record<string, string>>;

/** Every breach of the house's rules, as "path: what is wrong", in the order of the files. */
export function violations(files: readonly CodeFile[], longFiles: LongFiles): readonly string[] {
  const found = files.flatMap((file) =>
    [
      ...wrongImports(file),
      ...wrongPackages(file),
      ...wrongUses(file),
      ...wrongShape(file, longFiles),
      ...platformInCompose(file, files),
    ].map((what) => `${file.path}: ${what}`),
  );
  return [...found, ...cycles(files).map((cycle) => `${cycle[0]}: imports itself: ${cycle.join(" -> ")}`)];
}

const under = (path: string, places: readonly string[]): boolean =>
  places.some((place) => (place.endsWith("/") ? path.startsWith(place) : path === place));

function wrongImports({ path, imports }: CodeFile): readonly string[] {
  const rule = MAY_IMPORT.find(([folder]) => under(path, [folder]));
  if (rule === undefined) return ["stands in no folder that HOUSE.md knows"];
  const [own, may] = rule;
  const below = own === "domain/" ? [own] : [own, "domain/", "lib/"];
  const denied = may.filter((place) => place.startsWith("!")).map((place) => place.slice(1));
  const allowed = (of: string) => under(of, [...below, ...may]) || (denied.length > 0 && !under(of, denied));
  return imports.filter(({ ours, of }) => ours && !allowed(of)).map(({ of }) => `must not import ${of}`);
}

function wrongPackages({ path, imports }: CodeFile): readonly string[] {
  return imports
    .filter(({ ours }) => !ours)
    .filter(({ of }) => {
      const name = Object.keys(PACKAGES).find((one) => under(of, [one]));
      return name !== undefined && !under(path, PACKAGES[name] ?? []);
    })
    .map(({ of }) => `must not import ${of}`);
}

function wrongUses({ path, uses }: CodeFile): readonly string[] {
  return [...uses].filter((use) => use in USES && !under(path, USES[use] ?? [])).map((use) => `uses ${use}`);
}

function wrongShape({ path, lines, barrel }: CodeFile, longFiles: LongFiles): readonly string[] {
  const folder = path.split("/").find((part) => BAD_FOLDERS.includes(part.replace(/\.ts$/u, "")));
  return [
    ...(barrel ? ["only passes names on (a barrel)"] : []),
    ...(folder === undefined ? [] : [`"${folder}" says nothing about what is in it`]),
    ...(lines > LONGEST && !(path in longFiles) ? [`has ${lines} lines, more than ${LONGEST}`] : []),
    ...(lines < LONG_NO_MORE && path in longFiles ? ["is no longer long: take it off the list"] : []),
  ];
}

/** What composes is pure: it and all it brings in (types aside) know no platform's package, so previews need none. */
function platformInCompose({ path }: CodeFile, files: readonly CodeFile[]): readonly string[] {
  if (!/^destinations\/[^/]+\/compose\.ts$/u.test(path)) return [];
  const packages = [...reach(path, files)].flatMap((file) => file.imports.filter(runs).map(({ of }) => of));
  return [...new Set(packages.filter((of) => under(of, ["discord.js", "@atproto/"])))].map(
    (of) => `brings in ${of}, but composing is pure`,
  );
}

const runs = ({ typeOnly }: { readonly typeOnly: boolean }): boolean => !typeOnly;

function reach(path: string, files: readonly CodeFile[], seen = new Set<CodeFile>()): ReadonlySet<CodeFile> {
  const file = files.find((one) => one.path === path);
  if (file === undefined || seen.has(file)) return seen;
  seen.add(file);
  for (const { ours, of, typeOnly } of file.imports) if (ours && !typeOnly) reach(of, files, seen);
  return seen;
}

/** Each import cycle once, from its first file in the order of names; imports of types count. */
function cycles(files: readonly CodeFile[]): readonly (readonly string[])[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: (readonly string[])[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path]);
    if (at >= 0 || done.has(path)) return;
    const next = new Set(byPath.get(path)?.imports.flatMap(({ ours, of }) => (ours ? [of] : [])));
    for (const of of next) walk(of, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) walk(path, []);
  return found;
}

/** Packages that the code imports, node's own aside. */
export function packagesOf(files: readonly CodeFile[]): ReadonlySet<string> {
  const names = files.flatMap((file) => file.imports.filter(({ ours }) => !ours).map(({ of }) => of));
  return new Set(names.filter((name) => !name.startsWith("node:")));
}
