import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readEnvFile } from "../../src/config/env-file.ts";
import { AdminError } from "../../src/domain/errors.ts";
import { folderOf } from "./write.ts";

test("the process's own variables win over those of .env; empty ones don't count", async () => {
  const folder = await folderOf({
    ".env": 'DISCORD_TOKEN="from file"\nLOG_LEVEL=debug # noisy\nNO_COLOR=\n',
  });
  const env = await readEnvFile(join(folder, ".env"), { DISCORD_TOKEN: "own", LOG_LEVEL: "" });
  expect(env).toEqual({ DISCORD_TOKEN: "own", LOG_LEVEL: "debug" });
});

test("a missing .env is an empty one", async () => {
  expect(await readEnvFile(join(await folderOf({}), ".env"), { HOME: "/root" })).toEqual({ HOME: "/root" });
});

test("NAME_FILE gives a secret by the file that holds it", async () => {
  const folder = await folderOf({
    ".env": "DISCORD_TOKEN_FILE=token.txt\nOTHER_FILE=token.txt\n",
    "token.txt": "the token\n",
  });
  const password = join(folder, "password.txt");
  await writeFile(password, "  the password \n");
  const env = await readEnvFile(join(folder, ".env"), {
    BLUESKY_APP_PASSWORD_FRONTLINE_EXAMPLE_FILE: password,
  });
  expect(env).toEqual({
    DISCORD_TOKEN: "the token",
    OTHER_FILE: "token.txt",
    BLUESKY_APP_PASSWORD_FRONTLINE_EXAMPLE: "the password",
  });
});

test("a secret file that cannot be read, or a secret given both ways, is told to the admin", async () => {
  const file = join(await folderOf({}), ".env");
  await expect(readEnvFile(file, { DISCORD_TOKEN_FILE: "/nowhere/token" })).rejects.toThrow(
    /^DISCORD_TOKEN_FILE names a file that cannot be read/u,
  );
  await expect(readEnvFile(file, { DISCORD_TOKEN: "a", DISCORD_TOKEN_FILE: "b" })).rejects.toThrow(
    new AdminError("DISCORD_TOKEN and DISCORD_TOKEN_FILE are both set: keep one of the two."),
  );
});
