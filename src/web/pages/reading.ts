import type { html } from "hono/html";
import type { Json } from "../../domain/types.ts";

/** What the `html` template gives: text that is escaped already and goes into the next template as it is. */
export type Html = ReturnType<typeof html>;

/** The value at a path of keys and indexes; undefined where the payload has no such thing. */
export function at(json: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let value: unknown = json;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value as Json | undefined;
}

/** The text at a path; empty where there is none. */
export function textAt(json: Json | undefined, ...path: readonly (string | number)[]): string {
  const value = at(json, ...path);
  return typeof value === "string" ? value : "";
}

/** The list at a path; empty where there is none. */
export function listAt(json: Json | undefined, ...path: readonly (string | number)[]): readonly Json[] {
  const value = at(json, ...path);
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
