import { env } from "node:process";
import type { TestProject } from "vitest/node";
import { openStore } from "../../src/store/open.ts";
import { databaseAt, type PostgresServer, query, startPostgres } from "./postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of the server on which the suites keep their stores; not set: on SQLite. */
    postgres?: string | null;
  }
}

const TEMPLATE = "bulletin_template";

/** For the suites that run on PostgreSQL: one server for the whole run, given by TEST_POSTGRES or from npm. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = env["TEST_POSTGRES"] ?? "";
  const own: PostgresServer | null = given === "" ? await startPostgres() : null;
  const url = given === "" ? (own?.url ?? null) : given;
  project.provide("postgres", url);
  if (url === null) return undefined;
  await query(url, `drop database if exists ${TEMPLATE} with (force)`);
  await query(url, `create database ${TEMPLATE}`);
  await using _ = await openStore(databaseAt(url, TEMPLATE));
  return async () => {
    await own?.[Symbol.asyncDispose]();
  };
}
