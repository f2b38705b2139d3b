// Runs at the end of `npm ci`: loads every file of the program once, so that already the first start finds all of them
// compiled. Nothing depends on it: where it cannot be kept, the program only starts a little later, and larger.
import "./compile-cache.mjs";
import { glob } from "node:fs/promises";

for await (const file of glob("**/*.ts", { cwd: import.meta.dirname }))
  // What cannot be loaded here and now says so where it is needed.
  await import(new URL(file, import.meta.url).href).catch(() => {});
