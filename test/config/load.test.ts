import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { configOf, folderOf, load, printed } from "./write.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NO_FILTER = { category: [], title: [], author: [] };

const EXAMPLE = `
timezone: Europe/Berlin
contact: desk@frontline.example        # sent in the User-Agent
admin_channel: https://discord.com/channels/111/999
feeds:
  - url: https://frontline.example     # the site or its feed
    every: 10 minutes                  # or cron: "*/10 * * * *"
    skip: { category: [Opinion, no-social] }
    post_to:
      - discord: https://discord.com/channels/111/222
        publish: true                  # crosspost in an announcement channel
        quiet: 23:00-07:00
      - discord: "333"
        only: { category: [Sport] }
        mention: "1190000000000000003" # a role
      - bluesky: frontline.example
        wait: 3 minutes
        spacing: 20 minutes
        at: ["0 8 * * *", "0 17 * * *"]   # slots; left out: as soon as allowed
`;

test("the written example means what it says", async () => {
  const { loaded, folder } = await load({ "bulletin.yaml": EXAMPLE });
  const file = join(folder, "bulletin.yaml");
  const url = "https://frontline.example";
  const destination = {
    timezone: "Europe/Berlin",
    quiet: null,
    at: [],
    expire: 72 * HOUR,
    overflow: 3,
    review: false,
    botLabel: false,
  };
  const discord = {
    ...destination,
    platform: "discord",
    look: "discord",
    spacing: MINUTE,
    wait: 0,
    service: "https://discord.com/api",
  };
  const subscription = {
    feedUrl: url,
    only: NO_FILTER,
    skip: NO_FILTER,
    publish: false,
    mentions: [],
    tags: [],
    style: "card",
    template: null,
    hashtags: [],
  };
  expect(loaded).toMatchObject({ kind: "loaded", files: [file], warnings: [] });
  expect(loaded.kind === "loaded" ? loaded.config : null).toEqual({
    timezone: "Europe/Berlin",
    contact: "desk@frontline.example",
    adminChannel: "999",
    store: null,
    discordApi: "https://discord.com/api",
    blueskyDirectories: { plc: "https://plc.directory", appView: "https://public.api.bsky.app" },
    network: { allow: [], ports: [] },
    web: { enabled: true, host: "127.0.0.1", port: 8080 },
    websub: null,
    checks: {
      headline: "hold",
      mention: "hold",
      sponsored: "note",
      paywall: "note",
      foreign_domain: "note",
      relative_time: "note",
      age: "skip",
      future_date: "wait",
      missing_link: "skip",
      image: "omit",
      boilerplate: "omit",
    },
    limits: {
      feedBytes: 5_000_000,
      pageBytes: 8_000_000,
      imageBytes: 8_000_000,
      imagePixels: 25_000_000,
      robotsBytes: 512_000,
      headerBytes: 16_384,
      redirects: 5,
      dnsMs: 3000,
      connectMs: 5000,
      headersMs: 10_000,
      feedMs: 20_000,
      pageMs: 30_000,
      parseMs: 2000,
      entries: 1000,
      titleLength: 512,
      urlLength: 2048,
      encodings: 2,
    },
    timing: {
      lease: 2 * MINUTE,
      request: 15_000,
      grace: 45_000,
      nonceWindow: MINUTE,
      hostGap: 2000,
      firstRetry: 30_000,
      maxRetry: HOUR,
      expire: 72 * HOUR,
      catchUp: 6 * HOUR,
      maxAge: 24 * HOUR,
    },
    feeds: [
      {
        url,
        name: null,
        schedule: { kind: "every", interval: 10 * MINUTE },
        backfill: 0,
        only: NO_FILTER,
        skip: { ...NO_FILTER, category: ["Opinion", "no-social"] },
        maxAge: 24 * HOUR,
        source: `${file}:6`,
      },
    ],
    destinations: [
      {
        ...discord,
        id: "discord:222",
        name: "discord:222",
        target: "222",
        quiet: { startMinute: 23 * 60, endMinute: 7 * 60 },
        source: `${file}:10`,
      },
      { ...discord, id: "discord:333", name: "discord:333", target: "333", source: `${file}:13` },
      {
        ...destination,
        id: "bluesky:frontline.example",
        platform: "bluesky",
        name: "bluesky:frontline.example",
        target: "frontline.example",
        look: "bluesky",
        spacing: 20 * MINUTE,
        wait: 3 * MINUTE,
        at: ["0 8 * * *", "0 17 * * *"],
        service: null,
        source: `${file}:16`,
      },
    ],
    subscriptions: [
      { ...subscription, destinationId: "discord:222", publish: true, source: `${file}:10` },
      {
        ...subscription,
        destinationId: "discord:333",
        only: { ...NO_FILTER, category: ["Sport"] },
        mentions: ["1190000000000000003"],
        source: `${file}:13`,
      },
      { ...subscription, destinationId: "bluesky:frontline.example", source: `${file}:16` },
    ],
  });
});

test("several files add up in the order of their names; folders and other files don't count", async () => {
  const folder = await folderOf({
    "b.yaml": "feeds:\n  - url: https://b.example\n    post_to: [desk]\n",
    "a.yaml": "feeds:\n  - url: https://a.example\n    post_to: [{ discord: 1 }]\n",
    "destinations.yaml": "timezone: Europe/Paris\ndestinations:\n  - discord: 2\n    name: desk\n",
    "c.yaml.bak": "nonsense: [",
    ".hidden.yaml": "nonsense: [",
  });
  await mkdir(join(folder, "sample"));
  await writeFile(join(folder, "sample", "sample.yaml"), "timezone: UTC\n");
  const loaded = await loadConfig({ folder, env: {} });
  expect(loaded).toMatchObject({
    kind: "loaded",
    config: {
      timezone: "Europe/Paris",
      feeds: [{ url: "https://a.example" }, { url: "https://b.example" }],
      subscriptions: [{ destinationId: "discord:1" }, { destinationId: "discord:2" }],
    },
  });
});

test("a folder without files, or no folder at all, is missing", async () => {
  const folder = await folderOf({});
  expect(await loadConfig({ folder, env: {} })).toEqual({ kind: "missing", folder });
  const nowhere = join(folder, "nowhere");
  expect(await loadConfig({ folder: nowhere, env: {} })).toEqual({ kind: "missing", folder: nowhere });
});

test("explicit files are read instead of the folder's", async () => {
  const folder = await folderOf({ "bulletin.yaml": "nonsense: [", "other.yaml": EXAMPLE });
  const files = [join(folder, "other.yaml")];
  expect(await loadConfig({ folder, files, env: {} })).toMatchObject({ kind: "loaded", files });
});

/** The config of one feed with this `post_to`, under these other lines. */
const posting = (postTo: string, lines = "") =>
  configOf({ "bulletin.yaml": `${lines}\nfeeds:\n  - url: https://a.example\n    post_to: [${postTo}]\n` });

test("snowflakes are read as they are written, quoted or not", async () => {
  const config = await posting("{ discord: 1190000000000000003, mention: [1190000000000000007, <@&12>] }");
  expect(config.destinations).toMatchObject([{ id: "discord:1190000000000000003" }]);
  expect(config.subscriptions).toMatchObject([{ mentions: ["1190000000000000007", "12"] }]);
});

test.each([
  ["discord: https://ptb.discord.com/channels/111/222", "discord:222"],
  ["discord: https://discordapp.com/channels/111/222/333", "discord:222"],
  ['bluesky: "@Frontline.Example"', "bluesky:frontline.example"],
  ["bluesky: https://bsky.app/profile/frontline.example", "bluesky:frontline.example"],
  ["bluesky: did:plc:z72i7hdynmk6r22z27h6tvur", "bluesky:did:plc:z72i7hdynmk6r22z27h6tvur"],
  ["preview: bluesky", "preview:bluesky"],
])("%s is %s", async (target, id) => {
  const config = await posting(`{ ${target} }`);
  expect(config.destinations.map((destination) => destination.id)).toEqual([id]);
});

test("the shape of a post is taken from the nearest place that gives one", async () => {
  const config = await configOf({
    "a.yaml": `defaults: { template: "{title}", discord: { style: plain, template: "{title} {link}" } }
destinations:
  - { name: news, discord: 1, template: "News: {title}", style: card }
  - { name: account, bluesky: a.example }
feeds:
  - { url: "https://one.example", post_to: [news, account, { discord: 2 }] }
  - { url: "https://two.example", post_to: [{ destination: news, template: "Two: {title}" }] }
`,
  });
  const text = (text: string) => ({ kind: "text", text });
  const field = (name: string) => ({ kind: "field", fields: [name], otherwise: "" });
  expect(config.subscriptions.map(({ style, template }) => [style, template])).toEqual([
    ["card", [[text("News: "), field("title")]]],
    ["card", [[field("title")]]],
    ["plain", [[field("title"), text(" "), field("link")]]],
    ["card", [[text("Two: "), field("title")]]],
  ]);
});

test("what is written at a destination beats its platform's defaults, which beat the general ones", async () => {
  const config = await posting(
    "{ discord: 1 }, { discord: 2, wait: 1 min, style: card }, { bluesky: a.example }, { preview: bluesky }",
    `defaults:
  every: 1 hour
  wait: 5 min
  style: plain
  quiet: 22:00-06:00
  expire: 2 days
  max_age: 3 days
  discord: { api: "http://127.0.0.1:4000/api/", wait: 2 min, publish: true }
  bluesky: { service: "http://127.0.0.1:5000", plc: "http://127.0.0.1:6000", app_view: "http://127.0.0.1:7000", spacing: 0, hashtags: Sport }`,
  );
  const quiet = { startMinute: 1320, endMinute: 360 };
  const expire = 48 * HOUR;
  expect(config.destinations).toMatchObject([
    {
      id: "discord:1",
      wait: 2 * MINUTE,
      spacing: MINUTE,
      quiet,
      expire,
      service: "http://127.0.0.1:4000/api",
    },
    { id: "discord:2", wait: MINUTE, quiet },
    { id: "bluesky:a.example", wait: 5 * MINUTE, spacing: 0, quiet, service: "http://127.0.0.1:5000" },
    { id: "preview:bluesky", look: "bluesky", wait: 0, spacing: 0, quiet: null, service: null },
  ]);
  expect(config.subscriptions).toMatchObject([
    { style: "plain", publish: true },
    { style: "card", publish: true },
    { style: "plain", publish: false, hashtags: ["Sport"] },
    { style: "plain", hashtags: ["Sport"] },
  ]);
  expect(config.feeds).toMatchObject([{ schedule: { kind: "default", interval: HOUR }, maxAge: 72 * HOUR }]);
  expect(config).toMatchObject({
    discordApi: "http://127.0.0.1:4000/api",
    blueskyDirectories: { plc: "http://127.0.0.1:6000", appView: "http://127.0.0.1:7000" },
    timing: { expire, maxAge: 72 * HOUR },
  });
});

test("a feed without a schedule has the default one, which its own hints may beat", async () => {
  const config = await posting("{ discord: 1 }");
  expect(config.feeds).toMatchObject([
    { schedule: { kind: "rhythm", interval: 30 * MINUTE, least: 5 * MINUTE, most: 6 * HOUR } },
  ]);
});

test("a named destination is one destination for all feeds, and may have options in a post_to", async () => {
  const config = await configOf({
    "bulletin.yaml": `
destinations:
  - bluesky: frontline.example
    name: Main account
    quiet: 23-7
feeds:
  - url: https://a.example
    post_to: [Main account]
  - url: https://b.example
    cron: "*/20 * * * *"
    post_to:
      - destination: Main account
        only: { title: election }
        spacing: 1h 30m
`,
  });
  expect(config.destinations).toMatchObject([
    { name: "Main account", quiet: { startMinute: 1380, endMinute: 420 }, spacing: 90 * MINUTE },
  ]);
  expect(config.subscriptions).toMatchObject([
    { feedUrl: "https://a.example", only: NO_FILTER },
    { feedUrl: "https://b.example", only: { ...NO_FILTER, title: ["election"] } },
  ]);
  expect(config.feeds[1]).toMatchObject({ schedule: { kind: "cron", expression: "*/20 * * * *" } });
});

test("limits, timing, network and web are settings", async () => {
  const config = await posting(
    "{ discord: 1 }",
    `limits: { feed_size: 1 MiB, image_pixels: 4 MP, redirects: 2, page_time: 1 min }
timing: { request: 2s, lease: 10s, host_gap: 0, nonce_window: 500 ms }
network: { allow: ["127.0.0.1:8085", 10.0.0.0/8], ports: [8443] }
web: { enabled: false, host: 0.0.0.0, port: 9000 }
websub: { address: "https://bot.example/hooks/" }`,
  );
  expect(config).toMatchObject({
    limits: {
      feedBytes: 1_048_576,
      imagePixels: 4_000_000,
      redirects: 2,
      pageMs: MINUTE,
      pageBytes: 8_000_000,
    },
    timing: { request: 2000, grace: 32_000, lease: 10_000, hostGap: 0, nonceWindow: 500 },
    network: { allow: ["127.0.0.1:8085", "10.0.0.0/8"], ports: [8443] },
    web: { enabled: false, host: "0.0.0.0", port: 9000 },
    websub: { address: "https://bot.example/hooks", host: "127.0.0.1", port: 8090 },
  });
});

test("a key whose value is commented out is not set", async () => {
  const config = await posting(
    "{ discord: 1 }",
    "contact: # desk@frontline.example\ndefaults:\n#  wait: 1 min",
  );
  expect(config.contact).toBeNull();
});

test("what is allowed but probably not meant is a warning", async () => {
  const { loaded, folder } = await load({
    "bulletin.yaml": `feeds:
  - url: https://a.example
    every: 10s
    post_to:
      - discord: 1
        at: 0 9 13 * 5
destinations:
  - discord: 2
`,
  });
  expect(loaded.kind === "loaded" ? printed(loaded.warnings, folder) : loaded).toEqual([
    "bulletin.yaml:3:12  every 10s is often. Sites may shut out who asks more than once a minute.",
    "bulletin.yaml:6:13  day of month and weekday are both given: it fires only on days that match both. Write * in one of the two if it should fire on either.",
    "bulletin.yaml:8:5  no feed posts to discord:2. Name it in a post_to.",
  ]);
});

test("secrets come from the environment, one account's own before the common one", async () => {
  const { loaded } = await load(
    { "bulletin.yaml": EXAMPLE },
    {
      DISCORD_TOKEN: "a-token",
      BLUESKY_APP_PASSWORD: "common",
      BLUESKY_APP_PASSWORD_FRONTLINE_EXAMPLE: "own",
    },
  );
  const secrets = loaded.kind === "loaded" ? loaded.secrets : null;
  expect(secrets?.discordToken).toBe("a-token");
  expect(secrets?.blueskyPassword("frontline.example")).toBe("own");
  expect(secrets?.blueskyPassword("other.example")).toBe("common");
});

test("a missing secret is no problem of the files", async () => {
  const { loaded } = await load({ "bulletin.yaml": EXAMPLE });
  const secrets = loaded.kind === "loaded" ? loaded.secrets : null;
  expect(secrets?.discordToken).toBeNull();
  expect(secrets?.blueskyPassword("frontline.example")).toBeNull();
});

test("no secret shows when what was loaded is printed", async () => {
  const { inspect } = await import("node:util");
  const env = { DISCORD_TOKEN: "sesame-1", BLUESKY_APP_PASSWORD: "sesame-2" };
  const { loaded } = await load({ "bulletin.yaml": EXAMPLE }, env);
  expect(JSON.stringify(loaded)).not.toContain("sesame");
  expect(inspect(loaded, { depth: 20 })).not.toContain("sesame");
});

test("overflow is a number of posts, or off, and the nearest counts", async () => {
  const config = await configOf({
    "a.yaml": `
defaults: { overflow: off, bluesky: { overflow: 10 } }
feeds: [{ url: "https://a.example", post_to: [{ discord: 1 }, { bluesky: a.example }, { discord: 2, overflow: 5 }] }]`,
  });
  expect(config.destinations.map(({ overflow }) => overflow)).toEqual([null, 10, 5]);
});
