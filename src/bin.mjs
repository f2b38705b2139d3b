#!/usr/bin/env node
// `npx bulletin ...` on any Node: the program runs under the Node that the package `node` pins.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const pinned = join(dirname(createRequire(import.meta.url).resolve("node/package.json")), "bin", "node");
const start = fileURLToPath(new URL("./start.mjs", import.meta.url));
// As package.json's scripts start it: a small nursery saves memory (V8 would let it grow to 16 times this), and the
// program is hardly slower for it.
const child = spawn(pinned, ["--max-semi-space-size=1", start, ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
});
