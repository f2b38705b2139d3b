import type { ConfigProblem, DestinationConfig, Platform } from "../domain/types.ts";
import { DISCORD_API, OVERFLOW, PACE, TIMING } from "./defaults.ts";
import type { Placed } from "./gather.ts";
import { formatPlace, problemAt, type Place } from "./place.ts";
import type { WrittenDestination, WrittenPostTo, WrittenSettings } from "./schema.ts";

/** The options that belong to a destination, wherever they are written. */
const OWN = [
  "name",
  "quiet",
  "wait",
  "spacing",
  "at",
  "expire",
  "overflow",
  "timezone",
  "review",
  "bot_label",
  "api",
  "service",
] as const;
type OwnOptions = { [K in (typeof OWN)[number]]?: WrittenDestination[K] | undefined };

/** A destination while its pieces are put together: each option with the place that set it. */
export type Draft = {
  readonly id: string;
  readonly platform: Platform;
  readonly target: string;
  readonly look: "discord" | "bluesky";
  readonly place: Place;
  readonly options: OwnOptions;
  /** The shape of its posts, where it is listed under `destinations`; what a `post_to` says goes before it. */
  readonly shape: Shape;
  readonly setAt: Map<string, Place>;
};

/** `place`: where the template stands. */
type Shape = Pick<WrittenDestination, "style" | "template"> & { readonly place?: Place };

type Written = WrittenDestination | WrittenPostTo;

export const PLATFORMS = ["discord", "bluesky", "preview"] as const satisfies readonly Platform[];

/** The destination that an item spells out itself; null when it spells out none, or several. */
export function draftOf(item: Placed<Written>): Draft | null {
  const [platform, second] = PLATFORMS.filter((name) => item.writtenKeys.includes(name));
  const target = platform === undefined ? undefined : item.value[platform];
  if (platform === undefined || target === undefined || second !== undefined) return null;
  const look = item.value.preview ?? (platform === "bluesky" ? "bluesky" : "discord");
  const place = item.placeOfKey(platform);
  const id = `${platform}:${target}`;
  return { id, platform, target, look, place, options: {}, shape: {}, setAt: new Map() };
}

/** The shape that an item of `destinations` gives its posts. */
export function shapeOf(item: Placed<WrittenDestination>): Shape {
  const { style, template } = item.value;
  return { style, template, ...(template === undefined ? {} : { place: item.placeOf("template") }) };
}

/** Adds an item's options to its destination; one that is set already to another value is a problem. */
export function addOptions(draft: Draft, item: Placed<Written>): readonly ConfigProblem[] {
  return OWN.flatMap((name) => {
    const value = item.value[name];
    if (value === undefined) return [];
    const earlier = draft.setAt.get(name);
    if (earlier === undefined) {
      draft.setAt.set(name, item.placeOf(name));
      Object.assign(draft.options, { [name]: value });
      return [];
    }
    if (JSON.stringify(draft.options[name]) === JSON.stringify(value)) return [];
    const what = `"${name}" of ${draft.id} has another value at ${formatPlace(earlier)}`;
    return [problemAt(item.placeOf(name), what, "It belongs to the destination: write it once.")];
  });
}

const ONLY_ON: Readonly<Record<string, "discord" | "bluesky">> = {
  publish: "discord",
  mention: "discord",
  tags: "discord",
  api: "discord",
  hashtags: "bluesky",
  service: "bluesky",
  bot_label: "bluesky",
};

/** Options that the item's platform does not have. */
export function foreignOptions(draft: Draft, item: Placed<Written>): readonly ConfigProblem[] {
  return item.writtenKeys
    .filter((key) => ONLY_ON[key] !== undefined && ONLY_ON[key] !== draft.look)
    .map((key) => {
      const platform = ONLY_ON[key] === "discord" ? "Discord" : "Bluesky";
      return problemAt(item.placeOfKey(key), `"${key}" is for ${platform} only`, "Remove it here.");
    });
}

/** The finished destination: its own options, then the platform's defaults, then the general ones. A preview takes no defaults: it shows at once. */
export function toDestination(draft: Draft, settings: WrittenSettings): DestinationConfig {
  const { platform, options } = draft;
  const general: OwnOptions = platform === "preview" ? {} : (settings.defaults ?? {});
  const own: OwnOptions = platform === "preview" ? {} : (settings.defaults?.[platform] ?? {});
  const pick = <K extends keyof OwnOptions>(name: K) => options[name] ?? own[name] ?? general[name];
  // Off is null, and beats what stands further out.
  const overflow = [options, own, general].find((from) => from.overflow !== undefined)?.overflow;
  return {
    id: draft.id,
    platform,
    name: options.name ?? draft.id,
    target: draft.target,
    look: draft.look,
    timezone: pick("timezone") ?? settings.timezone ?? "UTC",
    quiet: pick("quiet") ?? null,
    spacing: pick("spacing") ?? PACE[platform].spacing,
    wait: pick("wait") ?? PACE[platform].wait,
    at: pick("at") ?? [],
    expire: pick("expire") ?? TIMING.expire,
    overflow: overflow === undefined ? OVERFLOW : overflow,
    review: pick("review") ?? false,
    botLabel: pick("bot_label") ?? false,
    service: platform === "discord" ? (pick("api") ?? DISCORD_API) : (pick("service") ?? null),
    source: formatPlace(draft.place),
  };
}
