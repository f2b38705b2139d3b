import type { ConfigProblem } from "../domain/types.ts";
import type { Checked } from "../operator/check.ts";
import type { Doors } from "./doors.ts";
import { painter, safe } from "./terminal.ts";

/** One JSON value for scripts, once everything was tried. Gives the exit code: 1 when there is an error. */
export async function sayCheck(
  { terminal }: Doors,
  checks: AsyncIterable<Checked>,
  warnings: readonly ConfigProblem[],
): Promise<number> {
  const checked = await Array.fromAsync(checks);
  const ok = checked.every(({ problems }) => problems.every(({ severity }) => severity !== "error"));
  terminal.out(`${JSON.stringify({ ok, warnings, checked })}\n`);
  return ok ? 0 : 1;
}

/** Prints each thing as it was tried, with what to do for each problem. Gives the exit code: 1 when there is an error. */
export async function showCheck(
  { terminal }: Doors,
  checks: AsyncIterable<Checked>,
  warnings: readonly ConfigProblem[],
): Promise<number> {
  const paint = painter(terminal);
  let errors = 0;
  for (const { file, line, column, what, mend } of warnings)
    terminal.out(
      `${paint("yellow", "hint")}  ${file}:${line}:${column}  ${safe(what)}${mend === null ? "" : ` ${safe(mend)}`}\n`,
    );
  for await (const { name, place, problems } of checks) {
    const found = problems.filter((problem) => problem.severity === "error");
    errors += found.length;
    if (problems.length === 0) terminal.out(`${paint("green", "ok")}    ${safe(name)}\n`);
    for (const { what, mend, severity } of problems)
      terminal.out(
        `${severity === "error" ? paint("red", "error") : paint("yellow", "hint ")} ${safe(name)}${place === undefined ? "" : paint("dim", ` (${safe(place)})`)}: ${safe(what)}\n      ${safe(mend)}\n`,
      );
  }
  terminal.out(errors === 0 ? "All is well.\n" : `${errors} ${errors === 1 ? "problem" : "problems"}.\n`);
  return errors === 0 ? 0 : 1;
}
