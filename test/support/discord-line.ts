import { startDiscord } from "./discord/server.ts";
import type { ChannelSetup, DiscordStandIn } from "./discord/server.ts";
import { openLine, type Line } from "./line.ts";

export const ADMIN = "1190000000000000160";

/** A line that ends in Discord's stand-in, with the bot's own client between them, on one clock. */
export type DiscordLine = Line & { readonly discord: DiscordStandIn };

export type DiscordLineOptions = {
  readonly channels: readonly ChannelSetup[];
  /** The items of `post_to`, such as `{ discord: 1, publish: true }`. */
  readonly postTo: string;
  /** More lines at the top of the config. */
  readonly more?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly nonceWindow?: number;
};

/** The config of such a line. */
export const yamlFor =
  (api: string, { postTo, more = "" }: Pick<DiscordLineOptions, "postTo" | "more">) =>
  (feedUrl: string): string => `
timing: { request: 2 seconds, grace: 30 seconds, first_retry: 5 seconds }
admin_channel: "${ADMIN}"
defaults: { spacing: 0, wait: 0, discord: { api: "${api}" } }
${more}
feeds: [{ url: "${feedUrl}", every: 10 minutes, post_to: [${postTo}] }]`;

export async function openDiscordLine(options: DiscordLineOptions): Promise<DiscordLine> {
  const { channels, env, nonceWindow = 180_000, ...yaml } = options;
  await using stack = new AsyncDisposableStack();
  let line: Line | null = null;
  const clock = { now: () => line?.clock.now() ?? Date.parse("2026-06-01T10:00:00Z") };
  const setups = [...channels, { id: ADMIN, name: "desk" }];
  const discord = stack.use(await startDiscord({ clock, limits: null, nonceWindow, channels: setups }));
  line = stack.use(
    await openLine({
      yaml: yamlFor(discord.api, yaml),
      destinations: [],
      env: { DISCORD_TOKEN: discord.token, ...env },
    }),
  );
  const owned = stack.move();
  return { ...line, discord, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
