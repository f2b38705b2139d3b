import { expect, test } from "vitest";
import { configJsonSchema } from "../../src/config/json-schema.ts";
import { configReference, ENVIRONMENT } from "../../src/config/reference.ts";

type Schema = {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
};

/** Every key of a JSON schema with its description. */
function keysOf(schema: Schema, prefix = ""): readonly (readonly [string, string | undefined])[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const key = `${prefix}${name}`;
    return [[key, value.description] as const, ...keysOf(value, `${key}.`)];
  });
  const items = schema.items === undefined ? [] : keysOf(schema.items, `${prefix.slice(0, -1)}[].`);
  return [...below, ...items, ...(schema.anyOf ?? []).flatMap((choice) => keysOf(choice, prefix))];
}

test("the JSON schema has every key of the reference, each with its description", () => {
  const keys = keysOf(configJsonSchema() as Schema);
  expect(keys.map(([key]) => key)).toEqual(configReference().map((row) => row.key));
  expect(keys.filter(([, description]) => !description)).toEqual([]);
});

test("the JSON schema describes what is written, and refuses unknown keys", () => {
  expect(configJsonSchema()).toMatchObject({
    title: "Bulletin",
    additionalProperties: false,
    properties: {
      feeds: { items: { required: ["url", "post_to"], properties: { backfill: { type: "integer" } } } },
      web: { properties: { enabled: { type: "boolean" } } },
    },
  });
});

test("every row of the reference says what kind of value it takes and what it does", () => {
  const unclear = configReference().filter((row) => row.type === "" || !row.description.endsWith("."));
  expect(unclear).toEqual([]);
  expect(configReference()).toContainEqual({
    key: "feeds[].post_to[].spacing",
    type: "duration",
    default: "discord: 1 minute, bluesky: 10 minutes, preview: 0",
    description: "The least time between two posts.",
  });
});

test("the variables that hold secrets are known as such", () => {
  expect(ENVIRONMENT.filter(({ secret }) => secret).map(({ name }) => name)).toEqual([
    "DISCORD_TOKEN",
    "BLUESKY_APP_PASSWORD",
    "BLUESKY_APP_PASSWORD_<ACCOUNT>",
    "STORE_PASSWORD",
  ]);
});
