import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// What was compiled at one start serves the next. It lies beside the packages, not in a folder that others may write to,
// for it is code; where it cannot be written the program starts without.
enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/bulletin", import.meta.url)));
const ending = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
// A reader that went away (`bulletin status | head`) is no error.
process.stdout.on("error", () => ending.abort());

const { env, stdin, stdout, stderr } = process;
const argv = process.argv.slice(2);
// Only what is imported from here on is kept.
const { runCommand } = await import("./doors.ts");
process.exitCode = await runCommand({
  argv,
  env,
  cwd: process.cwd(),
  stdin,
  stdout,
  stderr,
  signal: ending.signal,
});
