import { z } from "zod";
import { readAllowed, readContact, readPublicAddress, readService, readWebAddress } from "./addresses.ts";
import { readDuration, readInterval, readWindow } from "./durations.ts";
import { read, wrong, type Reading } from "./reading.ts";
import { readBytes, readPixels } from "./sizes.ts";
import { readStore } from "./store-address.ts";
import { readAccount, readChannel, readRole } from "./targets.ts";
import { readOverflow } from "./overflow.ts";
import { readTemplate } from "./template.ts";
import { readCron, readTimezone } from "./times.ts";

/** What the reference says of a key: its kind of value, its default in words, and what it does. */
export type KeyNote = { readonly type: string; readonly default: string; readonly description: string };

/** Every key's note; the JSON schema and the reference are made from it. */
export const notes = z.registry<KeyNote>();

/** A key that may be left out, with its note. */
export const key = <T extends z.ZodType>(value: T, type: string, fallback: string, description: string) => {
  const schema = value.optional();
  notes.add<z.ZodType>(schema, { type, default: fallback, description });
  return schema;
};

/** A key that must be there, with its note. */
export const neededKey = <T extends z.ZodType>(value: T, type: string, description: string): T => {
  const schema = value.clone();
  notes.add<z.ZodType>(schema, { type, default: "(needed)", description });
  return schema;
};

const written = z.union([z.string(), z.number()], { error: "expected text" });

/** A written scalar, understood by `reader`; a number where the reader wants text is taken as text. */
const scalar = <T>(reader: (value: string | number) => Reading<T>) =>
  written.transform((value, context): T => {
    const reading = reader(value);
    if (reading.kind === "read") return reading.value;
    const { what, mend, at } = reading;
    context.addIssue({ code: "custom", message: what, params: { mend, at } });
    return z.NEVER;
  });

/** One value, or a list of such values; always read as a list. */
const oneOrMore = <T extends z.ZodType>(value: T) =>
  z
    .union([value, z.array(value)])
    .transform((values): z.output<T>[] => (Array.isArray(values) ? values : [values]) as z.output<T>[]);

const readText = (value: string | number): Reading<string> => {
  const text = String(value).replaceAll(/\s+/gu, " ").trim();
  return text === "" ? wrong("an empty text", "Write something, or remove the line.") : read(text);
};

export const text = scalar(readText);
export const texts = oneOrMore(text);
/** https://docs.discord.com/developers/resources/channel#start-thread-in-forum-or-media-channel */
const TAGS_MAX = 5;
export const tags = texts.superRefine((names, context) => {
  if (names.length > TAGS_MAX)
    context.addIssue({
      code: "custom",
      message: `${names.length} tags: a post can have ${TAGS_MAX}`,
      params: { mend: `Keep the ${TAGS_MAX} that say most.` },
    });
});
export const interval = scalar(readInterval);
export const duration = scalar(readDuration);
export const window = scalar(readWindow);
export const bytes = scalar(readBytes);
export const pixels = scalar(readPixels);
export const channel = scalar(readChannel);
export const account = scalar(readAccount);
export const roles = oneOrMore(scalar(readRole));
export const cron = scalar(readCron);
export const crons = oneOrMore(cron);
export const timezone = scalar(readTimezone);
export const webAddress = scalar(readWebAddress);
export const store = scalar(readStore);
export const service = scalar(readService);
export const publicAddress = scalar(readPublicAddress);
export const allowed = oneOrMore(scalar(readAllowed));
export const contact = scalar(readContact);
export const style = z.enum(["card", "plain"]);
export const template = scalar(readTemplate);
export const look = z.enum(["discord", "bluesky"]);
export const flag = z.boolean();
export const overflow = scalar(readOverflow);
export const host = text;
export const count = (least: number, most: number) => z.int().min(least).max(most);
export const ports = oneOrMore(count(1, 65_535));
