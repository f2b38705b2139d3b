/** What became of one written value: what it means, or what is wrong with it and how to mend that. */
export type Reading<T> =
  | { readonly kind: "read"; readonly value: T }
  | {
      readonly kind: "wrong";
      readonly what: string;
      readonly mend: string;
      /** Where in the written text, in characters from its start; absent: all of it. */
      readonly at?: number;
    };

export const read = <T>(value: T): Reading<T> => ({ kind: "read", value });

export const wrong = (what: string, mend: string): { kind: "wrong"; what: string; mend: string } => ({
  kind: "wrong",
  what,
  mend,
});

/** A written value in quotes, one line, short: for messages. */
export function quoted(value: string | number): string {
  const text = String(value).replaceAll(/\s+/gu, " ").trim();
  return `"${text.length > 80 ? `${text.slice(0, 79)}…` : text}"`;
}
