import { expect, test } from "vitest";
import { problemsOf } from "./write.ts";

/** A file with one sound feed, and these lines above it. */
const above = (lines: string): string => `${lines}
feeds:
  - url: https://frontline.example
    post_to:
      - discord: 222
`;

/** A file whose one feed has these lines at its end. */
const inFeed = (lines: string): string => `feeds:
  - url: https://frontline.example
    post_to: [{ discord: 222 }]
${lines}
`;

/** A file whose one item of post_to has these lines at its end. */
const inPostTo = (lines: string): string => `feeds:
  - url: https://frontline.example
    post_to:
      - discord: 222
${lines}
`;

/** Eight lists, each of ten times the one before it. */
function aliasBomb(): string {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const lines = names.map((name, index) => {
    const item = index === 0 ? "x" : `*${names[index - 1]}`;
    return `${name}: &${name} [${Array.from({ length: 10 }, () => item).join(", ")}]`;
  });
  return lines.join("\n");
}

const TOKEN = `MTE5MDAwMDAwMDAwMDAwMDAwMw.GabcdE.${"x".repeat(38)}`;
const PASSWORD = "abcd-2efg-hijk-lmno";

const broken: readonly (readonly [name: string, text: string, ...problems: readonly string[]])[] = [
  // keys
  [
    "a typing slip in a key",
    inPostTo("        quite: 23:00-07:00"),
    '5:9  unknown key "quite". Did you mean "quiet"?',
  ],
  ["capitals in a key", inFeed("    postTo: []"), '4:5  unknown key "postTo". Did you mean "post_to"?'],
  [
    "a key in the wrong block",
    above("wait: 3 minutes"),
    '1:1  unknown key "wait". It belongs in defaults or feeds.post_to or destinations.',
  ],
  [
    "a key that nothing resembles",
    above("web:\n  colour: red"),
    '2:3  unknown key "colour". Known here: enabled, host, port.',
  ],
  [
    "an unknown key without a value",
    above("wibble:"),
    '1:1  unknown key "wibble". Known here: timezone, contact, admin_channel, store, defaults, checks, network, limits, timing, web, websub, feeds, destinations.',
  ],
  [
    "a prototype's name as a key",
    above("web: { __proto__: { enabled: true } }"),
    '1:8  unknown key "__proto__". Known here: enabled, host, port.',
  ],
  [
    "a key twice",
    above("timezone: UTC\ntimezone: UTC"),
    '2:1  "timezone" is written twice. The first is on line 1: keep one.',
  ],
  // YAML
  [
    "a tab",
    above("web:\n\thost: localhost"),
    "2:1  a tab indents this line. YAML indents with spaces: replace the tab by spaces.",
  ],
  [
    "an @ at the start",
    above("contact: @desk"),
    '1:10  a value cannot begin with "@". Put the value in quotes.',
  ],
  [
    "two colons on a line",
    above("contact: desk: frontline"),
    "1:10  there is a second colon on this line. Put the value in quotes, or the inner key on its own line.",
  ],
  [
    "no space after a colon",
    "timezone:UTC\nweb: {}\n",
    '1:1  this line is no key with a value. Write "key: value", with a space after the colon.',
  ],
  [
    "a key that is not in line",
    above("web:\n  host: localhost\n port: 8080"),
    "3:1  the indentation does not fit the lines above. Keys of one block begin in the same column; a list that [ opens ends with ].",
  ],
  [
    "an alias of nothing",
    above("contact: *desk"),
    "1:10  * names an anchor that does not exist. Put the value in quotes if * is part of it.",
  ],
  [
    "a tag",
    above("contact: !env DESK"),
    "1:10  tags such as !name mean nothing here. Put the value in quotes.",
  ],
  [
    "a second document",
    above("timezone: UTC\n---"),
    '2:1  a second document begins here. Remove the "---", or make it a file of its own.',
  ],
  ["an open quote", 'timezone: "UTC\n', "2:1  a quote is left open. Close it on the line where it begins."],
  [
    "a list instead of keys",
    "- https://frontline.example\n",
    '1:1  this is no block of keys. Write "key: value" lines, such as "timezone: UTC".',
  ],
  [
    "nested too deeply",
    `contact: ${"[".repeat(5000)}`,
    "1:1  the file is nested too deeply, or its aliases grow too large. Write it out plainly.",
  ],
  [
    "a bomb of aliases",
    aliasBomb(),
    "1:1  the file is nested too deeply, or its aliases grow too large. Write it out plainly.",
  ],
  // scalars
  [
    "a bare number as a duration",
    inFeed("    every: 10"),
    '4:12  "10" has no unit. Write "10 minutes", "10 seconds" or "10 hours".',
  ],
  [
    "a unit with a slip",
    inFeed("    every: 10 minuts"),
    '4:12  "10 minuts": "minuts" is not a unit of time. Did you mean "10 minutes"?',
  ],
  [
    "no duration",
    inFeed("    every: often"),
    '4:12  "often" is not a duration. Write a number and its unit, such as "10 minutes", "90s", "1h 30m" or "2 days".',
  ],
  ["an interval of nothing", inFeed("    every: 0"), '4:12  "0" is too short. Write at least 1 second.'],
  [
    "a duration of years",
    inFeed("    max_age: 500 days"),
    '4:14  "500 days" is too long. Write at most 366 days.',
  ],
  [
    "a cron expression of six fields",
    inFeed('    cron: "0 0 8 * * *"'),
    '4:11  "0 0 8 * * *" is no schedule: six fields: seconds are not kept here; leave the first one out (minute hour day month weekday). Such as "0 8 * * 1-5": at 8:00, Monday to Friday.',
  ],
  [
    "a slot that no clock shows, in a list",
    inPostTo('        at: ["0 8 * * *", "0 25 * * *"]'),
    '5:27  "0 25 * * *" is no schedule: 25 is an invalid expression for hour. Such as "0 8 * * 1-5": at 8:00, Monday to Friday.',
  ],
  [
    "a time zone with a slip",
    above("timezone: Europe/Belrin"),
    '1:11  "Europe/Belrin" is no time zone. Did you mean "Europe/Berlin"?',
  ],
  ["a city", above("timezone: Berlin"), '1:11  "Berlin" is no time zone. Did you mean "Europe/Berlin"?'],
  [
    "an offset",
    above('timezone: "+02:00"'),
    '1:11  "+02:00" is no time zone. Write its name, such as "Europe/Berlin" or "UTC".',
  ],
  [
    "quiet hours that no clock shows",
    inPostTo("        quiet: 23:00-25:00"),
    '5:16  "23:00-25:00" has a time that no clock shows. Write the first and the last time of the day, such as "23:00-07:00".',
  ],
  [
    "quiet hours that are none",
    inPostTo("        quiet: 7:00-07:00"),
    '5:16  "7:00-07:00" begins and ends at the same time. Write the first and the last time of the day, such as "23:00-07:00".',
  ],
  [
    "a style that is none",
    inPostTo("        style: fancy"),
    '5:16  "fancy" is not "card" or "plain". Write "card" or "plain".',
  ],
  // templates
  [
    "a placeholder with a typing slip, on its own line and column",
    inPostTo("        template: |\n          {title}\n\n          More: {lnik}"),
    '8:17  unknown placeholder "{lnik}". Did you mean "link"?',
  ],
  [
    "a template that wants to be a program",
    inPostTo('        template: "{title} {{constructor}} ${7*7}"'),
    '5:45  unknown placeholder "{7*7}". Known: {title}, {lead}, {points}, {link}, {tags}. Write {{ or }} for a brace that is meant as such.',
  ],
  [
    "a template of nothing but its own words",
    inPostTo("        template: '{{constructor}}'"),
    "5:19  the template has no placeholder: every post would say the same. Known: {title}, {lead}, {points}, {link}, {tags}.",
  ],
  [
    "a brace that is never closed, behind escaped ones",
    above("defaults: { template: '{{}} {title} {lead' }"),
    '1:37  a "{" without its partner. Write {{ or }} for a brace that is meant as such.',
  ],
  [
    "a fall-back that is neither a name nor a text in quotes",
    above(`defaults: { template: '{points|"none"|lead}' }`),
    '1:24  "{points|"none"|lead}" is no placeholder. Write names, and at most one text in quotes after them: {points|lead|"No details."}.',
  ],
  [
    "a field that stands in a template twice",
    above("defaults: { template: '{title} ({title})' }"),
    "1:33  {title} stands in the template twice. Keep one of the two.",
  ],
  [
    "a list in the middle of a line",
    above("defaults: { template: 'News: {points}' }"),
    "1:30  {points} is a list and needs a line of its own. Put the rest on other lines.",
  ],
  [
    "two placeholders that touch",
    above("defaults: { template: '{title}{link}' }"),
    "1:31  two placeholders with nothing between them. Put a space or a line break there.",
  ],
  [
    "a backslash that would undo an escape",
    above("defaults: { template: 'New\\{title}' }"),
    "1:28  a backslash right before a placeholder. Remove it: what comes from feeds is escaped.",
  ],
  [
    "a character in a template that turns the text around",
    above('defaults: { template: "{title} \u202e" }'),
    "1:32  a character in the template that cannot be shown. Remove it.",
  ],
  [
    "a template without end",
    above(`defaults: { template: "{title}${"!".repeat(2000)}" }`),
    "1:23  the template has more than 2000 characters. Make it shorter.",
  ],
  [
    "a template for Discord whose own words fill a Bluesky post",
    `defaults: { bluesky: { template: "${"word ".repeat(31)}{title}" } }
feeds: [{ url: "https://frontline.example", post_to: [{ bluesky: a.example, template: "${"word ".repeat(31)}{title}" }] }]
`,
    "2:87  the template's own words take more than 150 characters. The article needs the room.",
  ],
  [
    "a plain post that may have no link",
    `destinations: [{ name: news, discord: 222, style: plain, template: "{title|link}" }]
feeds: [{ url: "https://frontline.example", post_to: [news] }]
`,
    "1:68  a plain post of this template may have no link. Add {link}, or take style: card.",
  ],
  [
    "what a check cannot be set to",
    above("checks: { sponsored: note, headline: wait }"),
    '1:38  "wait" is not "hold" or "skip" or "note" or "off". Write "hold" or "skip" or "note" or "off".',
  ],
  [
    "a check that there is not",
    above("checks: { headlines: off }"),
    '1:11  unknown key "headlines". Did you mean "headline"?',
  ],
  [
    "yes for true",
    inPostTo("        publish: yes"),
    "5:18  text where true or false is expected. Write true or false, without quotes.",
  ],
  [
    "a size without a unit",
    above("limits:\n  feed_size: 5"),
    '2:14  "5" has no unit. Write a number and its unit, such as "5 MB" or "500 KiB".',
  ],
  [
    "a public address with a query",
    above('websub: { address: "https://bot.example/?a=1" }'),
    '1:20  this address has a query or a fragment. Leave it out: "https://bot.example".',
  ],
  ["a port out of range", above("web: { port: 70000 }"), "1:14  70000 is too large. At most 65535."],
  [
    "a fraction",
    inFeed("    backfill: 1.5"),
    "4:15  a number where a whole number is expected. Write digits, without a fraction.",
  ],
  [
    "no contact",
    above("contact: the desk"),
    '1:10  "the desk" is no e-mail or web address. Sites see it in the User-Agent: write one such as "desk@frontline.example".',
  ],
  [
    "an address that names no host",
    above("network: { allow: [10.0.0.0/8, 10.0.0.0/99] }"),
    '1:32  "10.0.0.0/99" names no host and no range. Write a host, an address or a range: "feeds.internal", "127.0.0.1:8085", "10.0.0.0/8".',
  ],
  // targets
  [
    "an invite instead of a channel",
    above("admin_channel: https://discord.gg/abc"),
    '1:16  "https://discord.gg/abc" is not a Discord channel. In Discord, right-click the channel, take "Copy Link" and paste it here: https://discord.com/channels/SERVER/CHANNEL.',
  ],
  [
    "a handle without its domain",
    "feeds:\n  - url: https://frontline.example\n    post_to:\n      - bluesky: frontline\n",
    '4:18  "frontline" is not a Bluesky account. Write the whole handle. Did you mean "frontline.bsky.social"?',
  ],
  [
    "everyone as a role",
    inPostTo('        mention: ["333", "@everyone"]'),
    '5:26  "@everyone" is not a role. Write the role\'s id: in Discord\'s server settings, under Roles, right-click it and take "Copy Role ID".',
  ],
  [
    "an option of the other platform",
    inPostTo("        hashtags: [Sport]"),
    '5:9  "hashtags" is for Bluesky only. Remove it here.',
  ],
  [
    "more tags than a forum's post can have",
    inPostTo("        tags: [a, b, c, d, e, f]"),
    "5:15  6 tags: a post can have 5. Keep the 5 that say most.",
  ],
  [
    "two destinations in one item",
    inPostTo("        bluesky: frontline.example"),
    '5:9  "discord" and "bluesky" in one item. Make them two items of the list.',
  ],
  [
    "an item without a destination",
    inFeed("").replace("{ discord: 222 }", "{ publish: true }"),
    "3:15  this names no destination. Add one of discord, bluesky, preview, destination.",
  ],
  [
    "the name of no destination",
    "feeds:\n  - url: https://frontline.example\n    post_to: [sports-desk]\ndestinations:\n  - discord: 222\n    name: sport-desk\n",
    '3:15  unknown destination "sports-desk". Did you mean "sport-desk"?',
  ],
  [
    "a channel's link where a name belongs",
    inFeed("").replace("{ discord: 222 }", "https://discord.com/channels/1/2"),
    '3:15  unknown destination "https://discord.com/channels/1/2". Write "discord: https://discord.com/channels/1/2".',
  ],
  // feeds
  [
    "nothing",
    "",
    '1:1  no feeds are configured. Add "feeds:" with a url and a post_to, or let "bulletin init" ask you.',
  ],
  [
    "an empty list of feeds",
    "feeds: []\n",
    '1:1  no feeds are configured. Add "feeds:" with a url and a post_to, or let "bulletin init" ask you.',
  ],
  ["a feed without an address", "feeds:\n  - post_to: [{ discord: 222 }]\n", '2:5  "url" is missing'],
  ["a feed that posts nowhere", "feeds:\n  - url: https://frontline.example\n", '2:5  "post_to" is missing'],
  [
    "an empty post_to",
    "feeds:\n  - url: https://frontline.example\n    post_to: []\n",
    "3:14  the list is empty",
  ],
  [
    "an item with nothing in it",
    inPostTo("      -"),
    "5:8  an empty item. Write a value, or remove the dash.",
  ],
  [
    "a post_to that is no list",
    inFeed("").replace("[{ discord: 222 }]", "{ discord: 222 }"),
    '3:14  a block of keys where a list is expected. Begin each item with "- ".',
  ],
  [
    "a filter that is no block",
    inFeed("    only: Sport"),
    '4:11  text where a block of keys is expected. Write "key: value" lines below it, indented.',
  ],
  [
    "an address without https://",
    inFeed("").replace("https://frontline.example", "frontline.example/feed"),
    '2:10  "frontline.example/feed" is not a web address. Did you mean "https://frontline.example/feed"?',
  ],
  [
    "a file's address",
    inFeed("").replace("https://frontline.example", "file:///etc/passwd"),
    '2:10  "file:///etc/passwd" is not a web address. It begins with "https://".',
  ],
  [
    "every and cron",
    inFeed('    every: 1h\n    cron: "0 * * * *"'),
    '5:5  "every" and "cron" in one feed. Keep one of the two.',
  ],
  [
    "one feed twice",
    `${inFeed("")}  - url: http://frontline.example/\n    post_to: [{ discord: 333 }]\n`,
    "5:10  this feed is already listed at bulletin.yaml:2. List it once, with all its destinations under one post_to.",
  ],
  [
    "one destination twice in a feed",
    inPostTo("      - discord: https://discord.com/channels/111/222"),
    "5:9  this feed already posts to discord:222 at bulletin.yaml:4. Keep one of the two.",
  ],
  // secrets
  [
    "a token",
    inPostTo(`        name: ${TOKEN}`),
    "5:15  secrets don't belong in YAML. Set DISCORD_TOKEN in .env or in the environment, and make a new one if others have seen this file.",
  ],
  [
    "an app password where something else belongs",
    inFeed(`    every: ${PASSWORD}`),
    "4:12  secrets don't belong in YAML. Set BLUESKY_APP_PASSWORD in .env or in the environment, and make a new one if others have seen this file.",
  ],
  [
    "a key named password",
    inPostTo("        password: hunter2"),
    "5:19  secrets don't belong in YAML. Set BLUESKY_APP_PASSWORD in .env or in the environment, and make a new one if others have seen this file.",
  ],
  [
    "a webhook",
    above("admin_channel: https://discord.com/api/webhooks/111/abcdefgh"),
    "1:16  secrets don't belong in YAML. Bulletin posts as a bot, not by a webhook: write the channel's own link.",
  ],
  [
    "a password in a feed's address",
    inFeed("").replace("https://", "https://ann:hunter2@"),
    "2:10  this address has a user name or a password in it. Secrets don't belong in YAML.",
  ],
  [
    "a lease too short to send",
    above("timing:\n  lease: 10s"),
    "1:1  lease (10 seconds) is not longer than request (15 seconds): nothing could be sent. Make the lease longer.",
  ],
];

test.each(broken)("%s", async (_, text, ...problems) => {
  const found = await problemsOf({ "bulletin.yaml": text });
  expect(found).toEqual(problems.map((problem) => `bulletin.yaml:${problem}`));
});

test("all problems of all files are told at once, in their order", async () => {
  const found = await problemsOf({
    "a.yaml":
      "timezone: Europe/Belrin\nfeeds:\n  - url: frontline.example\n    every: 10\n    post_to:\n      - discord: 222\n        quite: 1\n      - sport\n",
    "b.yaml": "contact: @desk\n",
    "c.yaml": "feeds:\n  - name: x\n",
  });
  expect(found).toEqual([
    'a.yaml:1:11  "Europe/Belrin" is no time zone. Did you mean "Europe/Berlin"?',
    'a.yaml:3:10  "frontline.example" is not a web address. Did you mean "https://frontline.example"?',
    'a.yaml:4:12  "10" has no unit. Write "10 minutes", "10 seconds" or "10 hours".',
    'a.yaml:7:9  unknown key "quite". Did you mean "quiet"?',
    'a.yaml:8:9  unknown destination "sport". Define it under destinations, with "name: sport". Known: discord:222.',
    'b.yaml:1:10  a value cannot begin with "@". Put the value in quotes.',
    'c.yaml:2:5  "url" is missing',
    'c.yaml:2:5  "post_to" is missing',
  ]);
});

test("a setting in two files is a problem that names both places", async () => {
  const found = await problemsOf({
    "a.yaml": above("timezone: UTC\ndefaults: { style: plain }"),
    "b.yaml": "defaults: { wait: 1 minute }\ntimezone: UTC\n",
  });
  expect(found).toEqual([
    'b.yaml:1:1  "defaults" is already set at a.yaml:2. Keep one of the two.',
    'b.yaml:2:1  "timezone" is already set at a.yaml:1. Keep one of the two.',
  ]);
});

test("a destination's option with two values is a problem that names both places; the same value twice is none", async () => {
  const second = (quiet: string) =>
    `feeds:\n  - url: https://other.example\n    post_to:\n      - discord: "222"\n        quiet: ${quiet}\n`;
  const first = inPostTo("        quiet: 23:00-07:00");
  expect(await problemsOf({ "a.yaml": first, "b.yaml": second("22:00-07:00") })).toEqual([
    'b.yaml:5:16  "quiet" of discord:222 has another value at a.yaml:5. It belongs to the destination: write it once.',
  ]);
  expect(await problemsOf({ "a.yaml": first, "b.yaml": second("23:00 - 7:00") })).toEqual(["(loaded)"]);
});

test("one name for two destinations, and one destination listed twice, are problems", async () => {
  const found = await problemsOf({
    "a.yaml": inPostTo("        name: desk"),
    "b.yaml": "destinations:\n  - discord: 333\n    name: desk\n  - discord: 444\n  - discord: 444\n",
  });
  expect(found).toEqual([
    'a.yaml:5:15  "desk" already names discord:333 at b.yaml:3. Keep one of the two.',
    "b.yaml:5:5  discord:444 is already listed at b.yaml:4. Keep one of the two.",
  ]);
});

test("no message repeats a secret", async () => {
  const found = await problemsOf({
    "a.yaml": `contact: ${TOKEN}\ntoken: ${PASSWORD}\nadmin_channel: ["${TOKEN}"]\nfeeds:\n  - url: https://u:hunter2@x.example\n    every: ${PASSWORD}\n    post_to: ["${TOKEN}"]\n`,
  });
  expect(found.join("\n")).not.toMatch(/MTE5|abcd-2efg|hunter2/u);
  expect(found.length).toBeGreaterThanOrEqual(6);
});

test("a file that is named but not there is a problem", async () => {
  const { loadConfig } = await import("../../src/config/load.ts");
  const loaded = await loadConfig({ folder: "config", files: ["nowhere/bulletin.yaml"], env: {} });
  expect(loaded).toMatchObject({ kind: "invalid", problems: [{ file: "nowhere/bulletin.yaml", line: 1 }] });
});

test("an overflow of fewer than three, or of another word, is told with its mend", async () => {
  const yaml = (value: string) =>
    ({
      "a.yaml": `feeds: [{ url: "https://a.example", post_to: [{ discord: 1, overflow: ${value} }] }]`,
    }) as const;
  for (const value of ["2", "none", "3.5"])
    expect(await problemsOf(yaml(value))).toEqual([
      `a.yaml:1:71  "${value}" is no number of posts. Write a number from 3 to 1000, or off.`,
    ]);
});
