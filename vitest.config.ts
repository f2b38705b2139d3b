import { defineConfig } from "vitest/config";

/** Each of the tests that run at once has a bot of its own, and a small machine can start only so many. */
const shared = { testTimeout: 60_000, hookTimeout: 60_000, maxConcurrency: 3 };

export default defineConfig({
  test: {
    projects: [
      { test: { ...shared, name: "bulletin", include: ["test/**/*.test.ts"] } },
      {
        // The same suites once more, on a real PostgreSQL.
        test: {
          ...shared,
          name: "postgres",
          include: ["test/{pipeline,operator,store}/**/*.test.ts"],
          globalSetup: "test/support/postgres-run.ts",
          setupFiles: "test/support/postgres-only.ts",
        },
      },
    ],
  },
});
