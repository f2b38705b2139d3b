import { expect, test } from "vitest";
import { drop, edit, held, release, settle } from "../../src/operator/holds.ts";
import { post, retry, undo } from "../../src/operator/posting.ts";
import { why } from "../../src/operator/why.ts";
import { DAY } from "../support/clock.ts";
import { type Line, openLine } from "../support/line.ts";
import { type Scripted, scripted, titles } from "../support/scripted.ts";

const yaml = (url: string) => `
feeds:
  - url: "${url}"
    every: 10 minutes
    post_to:
      - { discord: 1, spacing: 0, name: newsroom, review: true }
      - { discord: 2, spacing: 0, name: wire }
`;

type Desk = { readonly line: Line; readonly reviewed: Scripted; readonly open: Scripted };

async function openDesk(stack: AsyncDisposableStack): Promise<Desk> {
  const [reviewed, open] = [scripted("discord:1"), scripted("discord:2")];
  return { line: stack.use(await openLine({ yaml, destinations: [reviewed, open] })), reviewed, open };
}

async function list(line: Line, ...slugs: readonly string[]): Promise<void> {
  line.site.list(slugs.map((slug) => ({ slug, title: `On ${slug}`, published: line.clock.now() })));
  await line.later();
}

const linkOf = (line: Line, slug: string) => `${line.site.url}/${slug}`;
const whyOf = (line: Line, slug: string) => why(line.app().operator, linkOf(line, slug));

test("where every post is reviewed, it waits for an admin's word, and elsewhere it goes out", async () => {
  await using stack = new AsyncDisposableStack();
  const { line, reviewed, open } = await openDesk(stack);
  await list(line, "ferry");
  expect([titles(reviewed), titles(open)]).toEqual([[], ["On ferry"]]);
  const [waiting] = await held(line.app().operator);
  expect(waiting).toMatchObject({
    title: "On ferry",
    reason: "every post to newsroom is reviewed first",
    commands: [expect.stringContaining("bulletin release"), expect.anything(), expect.anything()],
  });
  expect(await whyOf(line, "ferry")).toMatchObject({ mend: expect.stringContaining("bulletin release") });
  await release(line.app().operator, linkOf(line, "ferry"));
  await line.pass();
  expect([titles(reviewed), titles(open)]).toEqual([["On ferry"], ["On ferry"]]);
  expect(await held(line.app().operator)).toEqual([]);
  expect(await whyOf(line, "ferry")).toMatchObject({
    holds: [
      {
        destination: "discord:1",
        reason: "every post to newsroom is reviewed first",
        outcome: "released by an admin",
      },
    ],
    deliveries: [{ name: "newsroom" }, { name: "wire" }],
  });
});

test("a whole destination's reviews are released in the order in which they came", async () => {
  await using stack = new AsyncDisposableStack();
  const { line, reviewed } = await openDesk(stack);
  await list(line, "ferry");
  await list(line, "quay");
  await release(line.app().operator, "newsroom");
  await line.pass();
  expect(titles(reviewed)).toEqual(["On ferry", "On quay"]);
});

test("a reviewed post may get another title, or be given up", async () => {
  await using stack = new AsyncDisposableStack();
  const { line, reviewed } = await openDesk(stack);
  await list(line, "ferry");
  await list(line, "quay");
  const { operator } = line.app();
  await edit(operator, linkOf(line, "ferry"), "Ferry sails again");
  await release(operator, linkOf(line, "ferry"));
  await drop(operator, linkOf(line, "quay"));
  await line.pass();
  expect(titles(reviewed)).toEqual(["Ferry sails again"]);
  expect(await whyOf(line, "quay")).toMatchObject({
    deliveries: [{ state: "skipped", reason: "dropped by an admin" }, { state: "sent" }],
  });
  await expect(release(operator, linkOf(line, "quay"))).rejects.toThrow("Nothing is held under");
});

test("what an admin posts by hand is not reviewed", async () => {
  await using stack = new AsyncDisposableStack();
  const { line, reviewed } = await openDesk(stack);
  await list(line, "ferry");
  await post(line.app().operator, linkOf(line, "ferry"), "newsroom");
  await post(line.app().operator, linkOf(line, "old"), null);
  expect(titles(reviewed)).toEqual(["On ferry", "An old story"]);
});

test("an undone article is not reviewed any more, and never posted", async () => {
  await using stack = new AsyncDisposableStack();
  const { line, reviewed } = await openDesk(stack);
  await list(line, "ferry");
  await undo(line.app().operator, linkOf(line, "ferry"));
  await line.pass();
  expect(titles(reviewed)).toEqual([]);
  expect(await held(line.app().operator)).toEqual([]);
});

test("a post that nobody reviewed in time expires, and a retry posts it all the same", async () => {
  await using stack = new AsyncDisposableStack();
  const { line, reviewed } = await openDesk(stack);
  await list(line, "ferry");
  line.clock.advance(4 * DAY);
  await line.pass();
  expect(await whyOf(line, "ferry")).toMatchObject({
    deliveries: [{ state: "expired", reason: "nobody reviewed it in time" }, { state: "sent" }],
  });
  await retry(line.app().operator, linkOf(line, "ferry"));
  expect(titles(reviewed)).toEqual(["On ferry"]);
});

test("one in doubt is no review: it is settled, not released", async () => {
  const channel = scripted("discord:2", { resend: { withinMs: 0 } });
  await using line = await openLine({ yaml, destinations: [scripted("discord:1"), channel] });
  channel.script.send = () => ({ kind: "unknown", reason: "no answer" });
  channel.script.find = () => ({ kind: "unreadable", reason: "no history" });
  await list(line, "ferry");
  line.clock.advance(DAY);
  await line.pass();
  const { operator } = line.app();
  await drop(operator, linkOf(line, "ferry"));
  const [doubt] = await held(operator);
  expect(doubt?.reason).toContain("in doubt");
  await settle(operator, doubt?.name.split(" ")[1] ?? "", { sent: "m1" });
  expect(await held(operator)).toEqual([]);
});
