import type { z } from "zod";
import { notes } from "./fields.ts";
import { fileSchema } from "./schema.ts";
import { inner, itemOf, keysOf } from "./walk.ts";

/** One key of the config files: `feeds[].post_to[].quiet`. */
export type ReferenceRow = {
  readonly key: string;
  readonly type: string;
  readonly default: string;
  readonly description: string;
};

/** Every key that a config file may have, in the order of the schema; made from the schema itself. */
export const configReference = (): readonly ReferenceRow[] => rowsOf(fileSchema, "");

function rowsOf(schema: z.core.$ZodType, prefix: string): readonly ReferenceRow[] {
  const keys = keysOf(schema) ?? {};
  return Object.entries(keys).flatMap(([name, value]) => {
    const key = prefix === "" ? name : `${prefix}.${name}`;
    const note = notes.get(value as z.ZodType) ?? { type: "", default: "", description: "" };
    const item = itemOf(value);
    const below =
      item === null ? rowsOf(value, key) : itemBlocks(item).flatMap((block) => rowsOf(block, `${key}[]`));
    return [{ key, ...note }, ...below];
  });
}

/** The blocks that an item may be: itself, or those of its alternatives. */
function itemBlocks(item: z.core.$ZodType): readonly z.core.$ZodType[] {
  const found = inner(item);
  const options = (found as z.ZodType).type === "union" ? (found as z.ZodUnion).options : [found];
  return options.filter((option) => keysOf(option) !== null);
}

/** Every environment variable that Bulletin reads. `NAME_FILE` stands for each secret's variant that names a file. */
export const ENVIRONMENT: readonly {
  readonly name: string;
  readonly description: string;
  readonly secret: boolean;
}[] = [
  { name: "DISCORD_TOKEN", description: "The Discord bot's token.", secret: true },
  {
    name: "BLUESKY_APP_PASSWORD",
    description: "The app password of every Bluesky account without one of its own.",
    secret: true,
  },
  {
    name: "BLUESKY_APP_PASSWORD_<ACCOUNT>",
    description: "One account's app password: frontline.example is BLUESKY_APP_PASSWORD_FRONTLINE_EXAMPLE.",
    secret: true,
  },
  { name: "STORE_PASSWORD", description: "The password of the config's `store`.", secret: true },
  {
    name: "<SECRET>_FILE",
    description: "Any of the secrets above, read from this file: DISCORD_TOKEN_FILE, for one.",
    secret: false,
  },
  { name: "BULLETIN_CONFIG", description: "The config folder or file, as --config.", secret: false },
  { name: "BULLETIN_DATA", description: "The folder of the database, as --data.", secret: false },
  { name: "LOG_LEVEL", description: "debug, info, warn or error; info when not set.", secret: false },
  { name: "NO_COLOR", description: "Set to anything: no colours.", secret: false },
];
