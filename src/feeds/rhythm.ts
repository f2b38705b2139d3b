import type { Millis, ParsedEntry } from "../domain/types.ts";

/** How often a feed brings something: so many entries from that moment on. */
export type Rhythm = { readonly since: Millis; readonly count: number };

/** The newest entries tell how things stand: a newsroom's day, its night, its holidays. */
const NEWEST = 10;
/**
 * With a budget of requests, posts wait least on the whole when each feed is asked in proportion to the square root of
 * how often it brings something (the sum of rate * wait has its least value there). A feed that brings an entry every
 * ten minutes is then asked every ten minutes, one with an entry a day every two hours.
 */
const MEETING_POINT: Millis = 10 * 60_000;

/**
 * The rhythm that a document's dates show; null when they show none: fewer than two moments, or dates to come. What was
 * published at one moment came at once and counts once.
 */
export function rhythmOf(entries: readonly ParsedEntry[], now: Millis): Rhythm | null {
  const dates = entries.map(({ published }) => published).filter((date) => date !== null && date <= now);
  const newest = [...new Set(dates)].toSorted((a, b) => (b ?? 0) - (a ?? 0)).slice(0, NEWEST);
  const since = newest.at(-1) ?? null;
  return since === null || newest.length < 2 ? null : { since, count: newest.length };
}

/**
 * How long to wait before the next poll, between `least` and `most`. The silence since the last entry counts: the wait
 * grows while nothing comes.
 */
export function rhythmInterval(
  { since, count }: Rhythm,
  now: Millis,
  bounds: { readonly least: Millis; readonly most: Millis },
): Millis {
  const gap = Math.max(0, now - since) / count;
  return Math.round(Math.max(bounds.least, Math.min(bounds.most, Math.sqrt(gap * MEETING_POINT))));
}
