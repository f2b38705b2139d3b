/** The process itself: arguments, environment, streams and signals in; its exit code out. Called once. */
export async function main(): Promise<void> {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
  // A reader that went away (`bulletin status | head`) is no error.
  process.stdout.on("error", () => ending.abort());

  const { env, stdin, stdout, stderr } = process;
  const argv = process.argv.slice(2);
  const signal = ending.signal;
  // Loading takes longest, and a signal is heard meanwhile.
  const { runCommand } = await import("./doors.ts");
  process.exitCode = await runCommand({ argv, env, cwd: process.cwd(), stdin, stdout, stderr, signal });
}
