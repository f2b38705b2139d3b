import { AdminError } from "../domain/errors.ts";

export type Question = {
  readonly message: string;
  readonly placeholder: string;
  readonly needed?: boolean;
  /** What is wrong with an answer; null: nothing is. */
  readonly problem?: (answer: string) => string | null;
};

/** Somebody who can be asked. An answer of nothing is null. */
export type Asker = {
  readonly text: (question: Question) => Promise<string | null>;
  /** What is typed is not shown. */
  readonly secret: (message: string) => Promise<string | null>;
};

/** Few commands ask: the others start without it. */
const load = () => import("@clack/prompts");

/** Asks on the terminal; Ctrl+C ends it before anything was written. */
export function openAsker(): Asker {
  return {
    text: async ({ message, placeholder, needed = false, problem = () => null }) =>
      answered(
        await (
          await load()
        ).text({
          message,
          placeholder,
          validate: (value) => {
            const typed = value?.trim() ?? "";
            if (typed !== "") return problem(typed) ?? undefined;
            return needed ? "This one is needed." : undefined;
          },
        }),
      ),
    secret: async (message) =>
      answered(
        await (
          await load()
        ).password({
          message,
          validate: (value) => (/\s/u.test(value?.trim() ?? "") ? "There is a space in it." : undefined),
        }),
      ),
  };
}

/** An empty answer comes as undefined from some prompts and as "" from others; one that was broken off, as a symbol. */
function answered(answer: string | undefined | symbol): string | null {
  if (typeof answer === "symbol") throw new AdminError("Nothing was written.");
  const typed = typeof answer === "string" ? answer.trim() : "";
  return typed === "" ? null : typed;
}
