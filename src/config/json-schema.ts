import { z } from "zod";
import type { Json } from "../domain/types.ts";
import { notes } from "./fields.ts";
import { fileSchema } from "./schema.ts";

/** The JSON Schema (2020-12) of a config file as it is written, with a description on every key: for editors. */
export function configJsonSchema(): Json {
  const schema = z.toJSONSchema(fileSchema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // zod hands out its core type for what it was given under its classic one.
      const note = notes.get(zodSchema as unknown as z.ZodType);
      if (note !== undefined) jsonSchema.description = describe(note);
    },
  });
  return { title: "Bulletin", ...(schema as { readonly [key: string]: Json }) };
}

const describe = (note: { readonly default: string; readonly description: string }): string =>
  note.default === "" || note.default === "(needed)"
    ? note.description
    : `${note.description} Default: ${note.default}.`;
