import { quoted, read, wrong, type Reading } from "./reading.ts";

/** The address of a PostgreSQL database, without a password. */
export function readStore(written: string | number): Reading<string> {
  const text = String(written).trim();
  const url = URL.parse(text);
  if (url !== null && (url.password !== "" || url.searchParams.has("password")))
    return wrong(
      "this address has a password in it",
      "Take it out, and set STORE_PASSWORD (or STORE_PASSWORD_FILE) in .env or in the environment.",
    );
  if (!/^postgres(?:ql)?:/u.test(text))
    return wrong(
      `${quoted(text)} is no address of a PostgreSQL database`,
      'Write it as "postgres://USER@HOST/DATABASE", or leave "store" out for a SQLite file in the data folder.',
    );
  return url === null || url.pathname.length < 2
    ? wrong("this address names no database", 'Write it as "postgres://USER@HOST/DATABASE".')
    : read(text);
}
