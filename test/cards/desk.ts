import { type DiscordStandIn, startDiscord } from "../support/discord/server.ts";
import { type Message, PERMISSION } from "../support/discord/world.ts";
import type { Click, Member } from "../support/discord/interactions.ts";
import { until } from "../support/until.ts";
import { type Line, openLine } from "../support/line.ts";
import type { Story } from "../support/newsroom.ts";

export const NEWS = "1190000000000000101";
export const ADMIN = "1190000000000000103";

/** A newsroom whose posts go to one channel, and its holds to another. */
export type Desk = AsyncDisposable & {
  readonly line: Line;
  readonly discord: DiscordStandIn;
  /** Every message in the admin channel, oldest first. */
  readonly cards: () => readonly Message[];
  /** The titles that were posted. */
  readonly posted: () => readonly (string | null | undefined)[];
  /** Publishes stories and works until nothing is due. */
  readonly publish: (...stories: readonly Story[]) => Promise<void>;
  /** Runs the app as `bulletin run` does, and waits until it hears clicks. */
  readonly run: () => Promise<AsyncDisposable>;
  /** Clicks on the newest card. */
  readonly click: (label: string, by?: Member) => Click;
};

/** Two who may manage the server, and one who may not. */
export const ADA = { username: "ada.l", permissions: PERMISSION.manageGuild | PERMISSION.view };
export const BEN = { username: "ben_k", permissions: PERMISSION.administrator };
export const READER = { username: "reader", permissions: PERMISSION.view | PERMISSION.manageMessages };

export type DeskOptions = {
  /** Options of the one destination. */
  readonly options?: string;
  /** Lines at the top of the config. */
  readonly top?: string;
  readonly nonceWindow?: number;
  readonly heartbeatMs?: number;
};

export async function openDesk({
  options = "",
  top = "",
  nonceWindow,
  heartbeatMs,
}: DeskOptions = {}): Promise<Desk> {
  await using stack = new AsyncDisposableStack();
  // Limits are no matter here.
  const discord = stack.use(
    await startDiscord({
      channels: [{ id: NEWS }, { id: ADMIN, name: "desk" }],
      limits: null,
      ...(nonceWindow === undefined ? {} : { nonceWindow }),
      ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    }),
  );
  const line = stack.use(
    await openLine({
      yaml: (url) => `
admin_channel: "${ADMIN}"
timing: { host_gap: 0, first_retry: 50ms, request: 2 seconds, lease: 4 seconds, grace: 1 second }
defaults: { discord: { api: "${discord.api}" } }
${top}
feeds:
  - url: "${url}"
    every: 10 minutes
    post_to: [{ discord: "${NEWS}", name: newsroom, spacing: 0, ${options} }]
`,
      destinations: [],
      env: { DISCORD_TOKEN: discord.token },
    }),
  );
  const owned = stack.move();
  return {
    line,
    discord,
    cards: () => discord.messages(ADMIN),
    posted: () => discord.messages(NEWS).map((message) => message.embeds[0]?.title),
    publish: async (...stories) => {
      line.site.list(stories);
      await line.later();
    },
    run: async () => {
      const running = await line.app().app.start("Test");
      await until("the gateway is open", () => discord.gateway.connected() === 1);
      return running;
    },
    click: (label, by = ADA) => {
      const card = discord.messages(ADMIN).at(-1);
      if (card === undefined) throw new Error("there is no card");
      return discord.click(card, label, by);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Discord shows the one who clicked that he was heard; returns what he was told besides. */
export async function heard(click: Click): Promise<readonly string[]> {
  await until("the click was answered", () => click.answer !== null);
  return click.told;
}

/** The labels of a card's buttons, in order. */
export const buttonsOf = (message: Message | undefined): readonly (string | undefined)[] =>
  (message?.components ?? []).flatMap((row) => row.components ?? []).map((button) => button.label);
