import { setTimeout as pause } from "node:timers/promises";

/** Looks again and again until the condition holds; throws, with what was waited for, when the deadline passed. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { deadline = 30_000, every = 20 }: { readonly deadline?: number; readonly every?: number } = {},
): Promise<void> {
  const end = performance.now() + deadline;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${deadline} ms in vain until ${what}`);
    await pause(every);
  }
}
