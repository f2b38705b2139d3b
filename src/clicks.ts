import type { DiscordAccount } from "./destinations/discord/send.ts";
import type { CardActions, Clock, Log, Millis } from "./domain/types.ts";
import { keepGateway, leaveGateway, readGateway, writeGateway } from "./store/gateways.ts";
import type { Store } from "./store/open.ts";
import { ALIVE, HEARTBEAT } from "./store/processes.ts";

export type ClicksOptions = {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** This process. */
  readonly holder: string;
  readonly actions: CardActions;
  /** Where to listen, under today's config; null: there is no admin channel, or no token. */
  readonly wanted: () => {
    readonly account: DiscordAccount;
    readonly channelId: string;
    readonly firstRetry: Millis;
  } | null;
};

type Open = {
  readonly wanted: NonNullable<ReturnType<ClicksOptions["wanted"]>>;
  readonly listener: AsyncDisposable;
  readonly session: () => string | null;
};

/** The one bot that a config knows: the same as in the destinations' rows. */
const ACCOUNT = "discord";

/**
 * Keeps an ear on the admin channel's buttons while there are any: in one process at a time, by a lease in the store.
 * Whoever takes over, or comes after a restart, goes on where the last one broke off. Nothing here stops the posts.
 */
export function openClicks(options: ClicksOptions): AsyncDisposable {
  const ending = new AbortController();
  const running = keepListening(options, ending.signal).catch((error: unknown) =>
    options.log.error("clicks broke", { error }),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await running;
    },
  };
}

async function keepListening(options: ClicksOptions, signal: AbortSignal): Promise<void> {
  const { clock, log } = options;
  const state: { open: Open | null; keptAt: Millis } = { open: null, keptAt: 0 };
  while (!signal.aborted) {
    try {
      state.open = await look(options, state);
    } catch (error) {
      log.error("clicks broke", { error });
      // Another process takes over when the store has not heard of this one for long.
      if (clock.monotonic() - state.keptAt > ALIVE - HEARTBEAT) state.open = await close(options, state.open);
    }
    await clock.sleep(HEARTBEAT, signal);
  }
  await close(options, state.open);
}

async function look(
  options: ClicksOptions,
  state: { readonly open: Open | null; keptAt: Millis },
): Promise<Open | null> {
  const { store, clock, holder } = options;
  const wanted = options.wanted();
  const { open } = state;
  const same = open?.wanted.account === wanted?.account && open?.wanted.channelId === wanted?.channelId;
  if (open !== null && !same) await close(options, open);
  if (wanted === null) return null;
  const now = clock.monotonic();
  if (!(await keepGateway(store, { account: ACCOUNT, holder, now: clock.now(), lease: ALIVE })))
    return await close(options, same ? open : null);
  state.keptAt = now;
  if (open === null || !same) return await listen(options, wanted);
  await writeGateway(store, { account: ACCOUNT, holder }, open.session());
  return open;
}

async function listen(options: ClicksOptions, wanted: Open["wanted"]): Promise<Open> {
  const { actions, log, store } = options;
  let session = await readGateway(store, ACCOUNT);
  const keep = (now: string | null): void => {
    session = now;
  };
  const { account, channelId, firstRetry } = wanted;
  const listener = await account.listen({ channelId, actions, log, firstRetry, session, keep });
  return { wanted, listener, session: () => session };
}

/** Says goodbye, and notes how far it heard; a store that is away does not keep it from ending. */
async function close({ store, log, holder }: ClicksOptions, open: Open | null): Promise<null> {
  if (open === null) return null;
  await open.listener[Symbol.asyncDispose]();
  try {
    await writeGateway(store, { account: ACCOUNT, holder }, open.session());
    await leaveGateway(store, { account: ACCOUNT, holder });
  } catch (error) {
    log.warn("where the gateway broke off was not noted", { error });
  }
  return null;
}
