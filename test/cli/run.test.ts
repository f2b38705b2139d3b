import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDesk } from "./bulletin.ts";

/** Takes a port; one that is taken already is as good. */
async function listening(port: number): Promise<AsyncDisposable> {
  const server = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => {
    server.once("error", () => resolve());
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
      }),
  };
}

test("the first start shows the posts, what was held and why, and what to do next, and takes commands, also on taken ports", async () => {
  // Whoever has them, neither the newsroom's nor the page's own port is free.
  await using stack = new AsyncDisposableStack();
  for (const port of [8085, 8080]) stack.use(await listening(port));
  await using desk = await openDesk();
  const running = await desk.start(["run"], /Go live/u);
  const page = /See them drawn\s+(http:\/\/127\.0\.0\.1:\d+)/u.exec(running.out())?.[1] ?? "";
  expect(page).not.toMatch(/:8080$/u);
  const html = await (await fetch(page)).text();
  const second = await desk.bulletin(["run"]);
  const [, held = ""] = /bulletin release (http:\S+)/u.exec(running.out()) ?? [];
  const released = await desk.bulletin(["release", held]);
  await desk.bulletin(["poll"]);
  const why = await desk.bulletin(["why", held]);
  const { code, out } = await running.stop();

  expect(second).toMatchObject({ code: 1, out: "" });
  expect(second.error).toMatch(/^The sample newsroom runs already: end it with Ctrl\+C/u);
  expect(released.out).toMatch(/^released: Otters/u);
  expect(why.out).toMatch(/preview:discord: (?:sent|pending)/u);

  expect(code).toBe(0);
  expect(out).toContain("this is the sample newsroom. Nothing leaves this machine.");
  expect(out.match(/^Discord$/gmu)).toHaveLength(6);
  expect(out.match(/^Bluesky$/gmu)).toHaveLength(6);
  expect(out).toMatch(
    /Discord\n {2}│ Ferry Bridge reopens six weeks early after £2.1m repair\n {2}│\n {2}│ • Ferry/u,
  );
  expect(out).toContain("the headline names Norway, the article does not mention it anywhere");
  expect(out).toMatch(/bulletin release http:\S+\/swimming-club-relay\//u);
  expect(out).toMatch(
    /→ Preview your own site\s+npx bulletin preview \S+\n→ Go live\s+npx bulletin init\n$/u,
  );
  expect(html).toContain("Ferry Bridge reopens");
  expect(html).toContain("the headline names Norway");
  expect(out).not.toContain("\u001B");
});

const SECRETS = { DISCORD_TOKEN: "planted-discord-token", BLUESKY_APP_PASSWORD: "planted-app-password" };

/** Answers everything with 401 and repeats all that it was sent, as a hostile or chatty server may. */
async function openParrot(): Promise<
  AsyncDisposable & { readonly url: string; readonly heard: () => string }
> {
  let heard = "";
  const server = createServer((asked, response) => {
    let body = "";
    asked.on("data", (part: Buffer) => (body += part.toString()));
    asked.on("end", () => {
      const said = `${JSON.stringify(asked.headers)} ${body}`;
      heard += said;
      response.writeHead(401, { "content-type": "application/json" });
      response.end(JSON.stringify({ code: 0, error: said, message: said }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard: () => heard,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("no secret is ever printed, logged or stored, even when a server sends it back", async () => {
  await using parrot = await openParrot();
  await using desk = await openDesk({
    "config/bulletin.yaml": `
admin_channel: "1190000000000000011"
network: { allow: ["127.0.0.1"] }
web: { enabled: false }
defaults: { discord: { api: "${parrot.url}" }, bluesky: { service: "${parrot.url}" } }
feeds:
  - url: ${parrot.url}/feed/
    post_to: [{ discord: "1190000000000000010" }, { bluesky: frontline.example }]
`,
  });
  const env = { ...SECRETS, LOG_LEVEL: "debug" };
  const checked = await desk.bulletin(["check"], env);
  expect(checked.code).toBe(1);
  expect(parrot.heard()).toContain("planted-discord-token");
  expect(parrot.heard()).toContain("planted-app-password");
  const running = await desk.start(["run"], /Bulletin runs[^]*401/u, env);
  const shown = [checked, await desk.bulletin(["status"], env), await running.stop()];
  const files = await readdir(desk.folder, { recursive: true, withFileTypes: true });
  const stored = await Promise.all(
    files.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name), "latin1")),
  );
  for (const text of [...shown.flatMap(({ out, error }) => [out, error]), ...stored])
    expect(text).not.toMatch(/planted-/u);
});
