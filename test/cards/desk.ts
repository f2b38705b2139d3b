import { type DiscordStandIn, startDiscord } from "../support/discord/server.ts";
import type { Message } from "../support/discord/world.ts";
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
};

export type DeskOptions = {
  /** Options of the one destination. */
  readonly options?: string;
  /** Lines at the top of the config. */
  readonly top?: string;
  readonly nonceWindow?: number;
};

export async function openDesk({ options = "", top = "", nonceWindow }: DeskOptions = {}): Promise<Desk> {
  await using stack = new AsyncDisposableStack();
  // Limits are no matter here.
  const discord = stack.use(
    await startDiscord({
      channels: [{ id: NEWS }, { id: ADMIN, name: "desk" }],
      limits: null,
      ...(nonceWindow === undefined ? {} : { nonceWindow }),
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
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The labels of a card's buttons, in order. */
export const buttonsOf = (message: Message | undefined): readonly (string | undefined)[] =>
  (message?.components ?? []).flatMap((row) => row.components ?? []).map((button) => button.label);
