import { z } from "zod";
import type { Path } from "./place.ts";

/** The schema that a written value meets first, without what may be left out or comes after it. */
export function inner(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional) return inner(schema.def.innerType);
  return schema instanceof z.ZodPipe ? inner(schema.def.in) : schema;
}

/** The keys of a block schema, or null when the schema is no block. */
export function keysOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | null {
  const found = inner(schema);
  return found instanceof z.ZodObject ? found.shape : null;
}

/** The schema of one item of a list schema (also where a single value may stand for a list), or null. */
export function itemOf(schema: z.core.$ZodType): z.core.$ZodType | null {
  const found = inner(schema);
  if (found instanceof z.ZodArray) return found.def.element;
  if (!(found instanceof z.ZodUnion)) return null;
  return found.def.options.map((option) => itemOf(option)).find((item) => item !== null) ?? null;
}

/** The schema at a path, as far down as it is known. */
export function schemaAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType | null {
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  const next = typeof step === "number" ? itemOf(schema) : keysOf(schema)?.[step];
  return next === undefined || next === null ? null : schemaAt(next, rest);
}
