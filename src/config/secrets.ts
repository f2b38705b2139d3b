import type { ConfigProblem, Secrets } from "../domain/types.ts";
import { problemAt, type Path } from "./place.ts";
import type { YamlFile } from "./yaml.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable that holds one account's own app password. */
export const passwordVariable = (account: string): string =>
  `BLUESKY_APP_PASSWORD_${account.toUpperCase().replaceAll(/[^A-Z0-9]+/gu, "_")}`;

/** The secrets of an environment. They don't show when the value is printed or turned into JSON. */
export function secretsOf(env: Environment): Secrets {
  const valueOf = (name: string) => env[name]?.trim() || null;
  const secrets = {
    discordToken: valueOf("DISCORD_TOKEN"),
    blueskyPassword: (account: string) =>
      valueOf(passwordVariable(account)) ?? valueOf("BLUESKY_APP_PASSWORD"),
  };
  return Object.defineProperties(secrets, {
    discordToken: { enumerable: false },
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

/** Where secrets stand in a file, and the problem for each; what they are is in no message. */
export function findSecrets(file: YamlFile): {
  readonly paths: readonly Path[];
  readonly problems: readonly ConfigProblem[];
} {
  const found = [...secretsIn(file.value, [])];
  return {
    paths: found.map(({ path }) => path),
    problems: found.map(({ path, mend }) =>
      problemAt(file.placeOf(path), "secrets don't belong in YAML", mend),
    ),
  };
}

function* secretsIn(value: unknown, path: Path): Generator<{ readonly path: Path; readonly mend: string }> {
  const mend = mendOf(value, path);
  if (mend !== null) yield { path, mend };
  else if (Array.isArray(value))
    for (const [at, item] of value.entries()) yield* secretsIn(item, [...path, at]);
  else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) yield* secretsIn(item, [...path, key]);
}

function mendOf(value: unknown, path: Path): string | null {
  if (typeof value === "string") {
    if (WEBHOOK.test(value))
      return "Bulletin posts as a bot, not by a webhook: write the channel's own link.";
    const known = SECRET_VALUES.find(([pattern]) => pattern.test(value.trim()));
    if (known !== undefined) return moveTo(known[1]);
  }
  const key = path.at(-1);
  if (typeof key !== "string" || !SECRET_KEY.test(key)) return null;
  return moveTo(/token/iu.test(key) ? "DISCORD_TOKEN" : "BLUESKY_APP_PASSWORD");
}

const moveTo = (variable: string): string =>
  `Set ${variable} in .env or in the environment, and make a new one if others have seen this file.`;
