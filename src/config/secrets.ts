import type { ConfigProblem, Secrets } from "../domain/types.ts";
import { problemAt, type Path, type Place } from "./place.ts";
import { blockOf, type YamlFile } from "./yaml.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable that holds one account's own app password. */
export const passwordVariable = (account: string): string =>
  `BLUESKY_APP_PASSWORD_${account.toUpperCase().replaceAll(/[^A-Z0-9]+/gu, "_")}`;

/** The secrets of an environment. They don't show when the value is printed or turned into JSON. */
export function secretsOf(env: Environment): Secrets {
  const valueOf = (name: string) => env[name]?.trim() || null;
  const secrets = {
    discordToken: valueOf("DISCORD_TOKEN"),
    storePassword: valueOf("STORE_PASSWORD"),
    blueskyPassword: (account: string) =>
      valueOf(passwordVariable(account)) ?? valueOf("BLUESKY_APP_PASSWORD"),
  };
  return Object.defineProperties(secrets, {
    discordToken: { enumerable: false },
    storePassword: { enumerable: false },
    blueskyPassword: { enumerable: false },
  });
}

const SECRET_KEY = /(?:^|_)(?:token|password|passwort|secret|app_?password|api_?key)$/iu;
const SECRET_VALUES: readonly (readonly [RegExp, string])[] = [
  [/\b[\w-]{20,30}\.[\w-]{6,7}\.[\w-]{27,}/u, "DISCORD_TOKEN"],
  [/^(?=.*[2-7])[a-z2-7]{4}(?:-[a-z2-7]{4}){3}$/u, "BLUESKY_APP_PASSWORD"],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}\./u, "BLUESKY_APP_PASSWORD"],
];
const WEBHOOK = /discord(?:app)?\.com\/api\/webhooks\/\d+\//u;

/** A file without the secrets in it: each found one is a problem, and none can get into any other message. */
export type Cleared = {
  readonly file: YamlFile;
  readonly problems: readonly ConfigProblem[];
  /** Where the secrets and their keys stand: what else is said of these places only repeats. */
  readonly places: readonly Place[];
};

/** Takes the secrets out of a file's values. */
export function withoutSecrets(file: YamlFile): Cleared {
  const found: { readonly path: Path; readonly mend: string }[] = [];
  const value = clear(file.value, [], (path, mend) => found.push({ path, mend })) as YamlFile["value"];
  return {
    file: { ...file, value },
    problems: found.map(({ path, mend }) =>
      problemAt(file.placeOf(path), "secrets don't belong in YAML", mend),
    ),
    places: found.flatMap(({ path }) => [file.placeOf(path), file.placeOfKey(path)]),
  };
}

function clear(value: unknown, path: Path, onSecret: (path: Path, mend: string) => void): unknown {
  const mend = mendOf(value, path);
  if (mend !== null) {
    onSecret(path, mend);
    return "(secret)";
  }
  if (Array.isArray(value)) return value.map((item, index) => clear(item, [...path, index], onSecret));
  if (typeof value !== "object" || value === null) return value;
  return blockOf(Object.entries(value).map(([key, item]) => [key, clear(item, [...path, key], onSecret)]));
}

function mendOf(value: unknown, path: Path): string | null {
  const key = path.at(-1);
  const texts = [value, key].filter((text) => typeof text === "string");
  if (texts.some((text) => WEBHOOK.test(text)))
    return "Bulletin posts as a bot, not by a webhook: write the channel's own link.";
  const known = SECRET_VALUES.find(([pattern]) => texts.some((text) => pattern.test(text.trim())));
  if (known !== undefined) return moveTo(known[1]);
  if (typeof key !== "string" || !SECRET_KEY.test(key)) return null;
  return moveTo(/token/iu.test(key) ? "DISCORD_TOKEN" : "BLUESKY_APP_PASSWORD");
}

const moveTo = (variable: string): string =>
  `Set ${variable} in .env or in the environment, and make a new one if others have seen this file.`;
