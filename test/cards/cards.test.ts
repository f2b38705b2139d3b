import { expect, test } from "vitest";
import { drop, edit, release } from "../../src/operator/holds.ts";
import { undo } from "../../src/operator/posting.ts";
import { DAY, MINUTE } from "../support/clock.ts";
import { PERMISSION } from "../support/discord/world.ts";
import { WHOLE } from "../support/newsroom.ts";
import { ADMIN, buttonsOf, type Desk, NEWS, openDesk } from "./desk.ts";

/** A story whose headline names a country that its text does not. */
const wrong = (slug = "quay") => ({
  slug,
  title: "Repairs begin at the quay in Norway",
  html: WHOLE.replaceAll("harbour office", "harbour office of Denmark"),
});
const plain = { slug: "ferry", title: "Ferry sails again" };
const linkOf = ({ line }: Desk, slug: string) => `${line.site.url}/${slug}`;

test("a hold is one card with its reason, the post as it will look, and three buttons", async () => {
  await using desk = await openDesk();
  await desk.publish(wrong());
  const [card, ...others] = desk.cards();
  expect(others).toEqual([]);
  expect(card?.content).toContain("**Held:** ");
  expect(card?.content).toContain("Norway");
  expect(card?.content).toContain("It will look like this in newsroom:");
  expect(card?.embeds[0]).toMatchObject({ title: wrong().title, url: linkOf(desk, "quay") });
  expect(buttonsOf(card)).toEqual(["Post", "Edit title", "Drop"]);
  await desk.line.later();
  await desk.line.restart();
  await desk.line.later();
  expect(desk.cards()).toHaveLength(1);
  expect(desk.posted()).toEqual([]);
});

test("the card shows a title that was changed by a command, and who released it", async () => {
  await using desk = await openDesk();
  await desk.publish(wrong());
  const { operator } = desk.line.app();
  await edit(operator, linkOf(desk, "quay"), "Repairs begin at the quay in Denmark");
  await desk.line.pass();
  expect(desk.cards()[0]?.embeds[0]?.title).toBe("Repairs begin at the quay in Denmark");
  expect(desk.cards()[0]?.content).toContain("Title changed by an admin");
  expect(buttonsOf(desk.cards()[0])).toEqual(["Post", "Edit title", "Drop"]);
  await release(operator, linkOf(desk, "quay"));
  await desk.line.pass();
  expect(desk.cards()).toHaveLength(1);
  expect(desk.cards()[0]?.content).toContain("**Released by an admin**");
  expect(desk.cards()[0]?.content).toContain("It was held: ");
  expect(buttonsOf(desk.cards()[0])).toEqual([]);
  expect(desk.posted()).toEqual(["Repairs begin at the quay in Denmark"]);
});

test("with review every post is a card first, and its card says how it ended", async () => {
  await using desk = await openDesk({ options: "review: true, expire: 1 day" });
  const names = ["ferry", "quay", "mill", "fog"];
  await desk.publish(...names.map((slug) => ({ slug, title: `On ${slug}` })).toReversed());
  expect(desk.cards().map((card) => card.embeds[0]?.title)).toEqual(names.map((slug) => `On ${slug}`));
  const { operator } = desk.line.app();
  await release(operator, linkOf(desk, "ferry"));
  await drop(operator, linkOf(desk, "quay"));
  await undo(operator, linkOf(desk, "mill"));
  desk.line.clock.advance(2 * DAY);
  await desk.line.pass();
  await desk.line.pass();
  expect(desk.cards().map((card) => [card.content.split("\n")[0], buttonsOf(card)])).toEqual([
    ["**Released by an admin**", []],
    ["**Dropped by an admin**", []],
    ["**Skipped: undone before it was sent**", []],
    ["**Expired: nobody reviewed it in time**", []],
  ]);
  expect(desk.posted()).toEqual(["On ferry"]);
});

test.for(["created-then-cut", "created-then-500"] as const)(
  "a card whose answer is lost (%s) stands there once, also when another process looks long after",
  async (kind) => {
    await using desk = await openDesk({ nonceWindow: 0 });
    desk.discord.fault("create", { kind });
    await desk.publish(wrong());
    expect(desk.cards()).toHaveLength(1);
    await desk.line.restart();
    desk.line.clock.advance(60 * MINUTE);
    await desk.line.pass();
    await release(desk.line.app().operator, linkOf(desk, "quay"));
    await desk.line.pass();
    expect(desk.cards()).toHaveLength(1);
    expect(desk.cards()[0]?.content).toContain("**Released by an admin**");
  },
);

test("an admin channel that cannot be used keeps no post waiting, and gets its cards when it is mended", async () => {
  await using desk = await openDesk();
  desk.discord.deny(ADMIN, PERMISSION.view);
  await desk.publish(plain, wrong());
  expect(desk.posted()).toEqual([plain.title]);
  expect(desk.line.app().warnings).toContainEqual("the admin channel cannot be used");
  await desk.line.later();
  await desk.line.later();
  expect(desk.cards()).toEqual([]);
  desk.discord.deny(ADMIN, 0n);
  await desk.line.later();
  expect(desk.cards()).toHaveLength(1);
});

test("a card that somebody deleted is not posted again, and its hold is settled all the same", async () => {
  await using desk = await openDesk();
  await desk.publish(wrong());
  desk.discord.remove(desk.cards()[0]?.id ?? "");
  await release(desk.line.app().operator, linkOf(desk, "quay"));
  await desk.line.later();
  expect(desk.cards()).toEqual([]);
  expect(desk.posted()).toEqual([wrong().title]);
});

test("a hold that was settled before its card could be posted gets none", async () => {
  await using desk = await openDesk();
  desk.discord.fault("create", { kind: "5xx", status: 503 }, 9);
  await desk.publish(wrong());
  await drop(desk.line.app().operator, linkOf(desk, "quay"));
  desk.discord.mend();
  await desk.line.later();
  await desk.line.later();
  expect(desk.cards()).toEqual([]);
});

test("what a publisher writes is data on a card: nothing pings, nothing formats", async () => {
  await using desk = await openDesk({
    options: 'review: true, style: plain, mention: "1190000000000000003"',
  });
  await desk.publish({ slug: "ping", title: "@everyone read [this](https://evil.example) <@&42>" });
  const [card] = desk.cards();
  expect(card?.pinged).toEqual({ everyone: false, roles: [] });
  expect(card?.embeds[0]?.description).toContain("\\@everyone");
  expect(card?.embeds[0]?.author?.name).toBe("newsroom");
  await release(desk.line.app().operator, linkOf(desk, "ping"));
  await desk.line.pass();
  expect(desk.discord.messages(NEWS)[0]?.pinged).toEqual({ everyone: false, roles: ["1190000000000000003"] });
});

test("one in doubt is a card, too: sent again or given up, with the word for what stands there", async () => {
  await using desk = await openDesk({ nonceWindow: 0, top: "" });
  desk.discord.deny(NEWS, PERMISSION.history);
  desk.discord.fault("create", { kind: "created-then-cut" });
  await desk.publish(plain);
  desk.line.clock.advance(60 * MINUTE);
  await desk.line.pass();
  const [card] = desk.cards();
  expect(card?.content).toContain("in doubt");
  expect(card?.content.replaceAll("\\", "")).toContain("If it stands there: bulletin settle ");
  expect(card?.embeds[0]?.title).toBe(plain.title);
  expect(buttonsOf(card)).toEqual(["Post", "Drop"]);
});

test("where it is not known whether a card stands, none is posted until that can be read", async () => {
  await using desk = await openDesk({ nonceWindow: 0 });
  desk.discord.deny(ADMIN, PERMISSION.history);
  desk.discord.fault("create", { kind: "created-then-cut" });
  await desk.publish(wrong());
  desk.line.clock.advance(60 * MINUTE);
  await desk.line.pass();
  await desk.line.later();
  expect(desk.cards()).toHaveLength(1);
  desk.discord.deny(ADMIN, 0n);
  await release(desk.line.app().operator, linkOf(desk, "quay"));
  await desk.line.later();
  expect(desk.cards()).toHaveLength(1);
  expect(desk.cards()[0]?.content).toContain("**Released by an admin**");
});
