import { beforeEach, inject } from "vitest";

beforeEach((context) => {
  context.skip(
    inject("postgres") === null,
    "npm has no PostgreSQL for this platform, and TEST_POSTGRES is not set",
  );
});
