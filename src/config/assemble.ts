import type { Config, ConfigProblem, FeedConfig, PollSchedule, SubscriptionConfig } from "../domain/types.ts";
import { addressKey } from "../lib/address.ts";
import { POLL_INTERVAL, POLL_LEAST, POLL_MOST, TIMING } from "./defaults.ts";
import {
  addOptions,
  draftOf,
  foreignOptions,
  PLATFORMS,
  shapeOf,
  toDestination,
  type Draft,
} from "./destinations.ts";
import type { Gathered, GatheredFeed, Placed } from "./gather.ts";
import { formatPlace, problemAt, type Place } from "./place.ts";
import { toFilter, type WrittenDestination, type WrittenPostTo, type WrittenSettings } from "./schema.ts";
import { generalSettings, mergeSettings, timingProblems } from "./settings.ts";
import { didYouMean } from "./suggest.ts";
import { templateProblems } from "./template.ts";

/** Everything that files say together, and every problem that only shows when they are taken together. */
export type Assembled = {
  readonly config: Config;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
};

/** Puts the files together: settings once, lists one after the other, destinations by their id. */
export function assemble(files: readonly Gathered[]): Assembled {
  const merged = mergeSettings(files);
  const { settings } = merged;
  const general = generalSettings(settings);
  const feeds = files.flatMap((file) => file.feeds);
  const known = collectDestinations(files, feeds);
  const subscribed = feeds.map((feed) => subscribe(feed, known, settings));
  const subscriptions = subscribed.flatMap((feed) => feed.subscriptions);
  const used = new Set(subscriptions.map(({ destinationId }) => destinationId));
  const drafts = [...known.byId.values()];
  return {
    config: {
      ...general,
      feeds: feeds.flatMap(({ feed }) => toFeed(feed, settings)),
      destinations: drafts.map((draft) => toDestination(draft, settings)),
      subscriptions,
    },
    problems: [
      ...merged.problems,
      ...timingProblems(files, general.timing),
      ...known.problems,
      ...feeds.flatMap(({ feed }) => scheduleProblems(feed)),
      ...feedsTwice(feeds),
      ...subscribed.flatMap((feed) => feed.problems),
    ],
    warnings: drafts
      .filter(({ id }) => !used.has(id))
      .map(({ place, id }) => problemAt(place, `no feed posts to ${id}`, "Name it in a post_to.")),
  };
}

type Known = {
  readonly byId: Map<string, Draft>;
  readonly byName: Map<string, Draft>;
  readonly problems: ConfigProblem[];
};

/** Every destination that is spelled out anywhere, by id and by name. */
function collectDestinations(files: readonly Gathered[], feeds: readonly GatheredFeed[]): Known {
  const known: Known = { byId: new Map(), byName: new Map(), problems: [] };
  const listed = files.flatMap((file) => file.destinations);
  for (const item of listed) {
    const draft = draftOf(item);
    const earlier = draft === null ? undefined : known.byId.get(draft.id);
    if (draft === null) known.problems.push(...unclearTarget(item, PLATFORMS));
    else if (earlier === undefined) addDraft(known, { ...draft, shape: shapeOf(item) }, item);
    else known.problems.push(twice(draft.place, `${draft.id} is already listed`, earlier.place));
  }
  for (const item of feeds.flatMap(({ postTo }) => postTo)) {
    const draft = draftOf(item);
    if (draft !== null) addDraft(known, draft, item);
  }
  return known;
}

function addDraft(known: Known, fresh: Draft, item: Placed<WrittenDestination | WrittenPostTo>): void {
  const draft = known.byId.get(fresh.id) ?? fresh;
  known.byId.set(draft.id, draft);
  known.problems.push(...addOptions(draft, item), ...foreignOptions(draft, item));
  const name = item.value.name;
  if (name === undefined) return;
  const holder = known.byName.get(name);
  if (holder === undefined || holder === draft) known.byName.set(name, draft);
  else {
    const place = holder.setAt.get("name") ?? holder.place;
    known.problems.push(twice(item.placeOf("name"), `"${name}" already names ${holder.id}`, place));
  }
}

const twice = (place: Place, what: string, earlier: Place): ConfigProblem =>
  problemAt(place, `${what} at ${formatPlace(earlier)}`, "Keep one of the two.");

/** An item that names no target, or more than one; nothing when its only target was refused already. */
function unclearTarget(
  item: Placed<WrittenDestination | WrittenPostTo>,
  choices: readonly string[],
): readonly ConfigProblem[] {
  const [first, second] = item.writtenKeys.filter((key) => choices.includes(key));
  if (first !== undefined && second !== undefined) {
    const what = `"${first}" and "${second}" in one item`;
    return [problemAt(item.placeOfKey(second), what, "Make them two items of the list.")];
  }
  return first !== undefined || !item.sound
    ? []
    : [problemAt(item.placeOf(), "this names no destination", `Add one of ${choices.join(", ")}.`)];
}

/** The subscriptions of one feed; each destination once. */
function subscribe(
  { feed, postTo }: GatheredFeed,
  known: Known,
  settings: WrittenSettings,
): { readonly subscriptions: readonly SubscriptionConfig[]; readonly problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const subscriptions = new Map<string, SubscriptionConfig>();
  const places = new Map<string, Place>();
  for (const item of postTo) {
    const found = destinationOf(item, known);
    problems.push(...found.problems);
    if (found.draft === null) continue;
    const { id } = found.draft;
    const earlier = places.get(id);
    if (earlier !== undefined) {
      problems.push(twice(item.placeOf(), `this feed already posts to ${id}`, earlier));
      continue;
    }
    places.set(id, item.placeOf());
    if (feed.value.url === undefined) continue;
    const subscription = toSubscription(feed.value.url, found.draft, item, settings);
    const place = item.value.template === undefined ? found.draft.shape.place : item.placeOf("template");
    problems.push(...templateProblems(subscription, found.draft.look, place ?? item.placeOf()));
    subscriptions.set(id, subscription);
  }
  return { subscriptions: [...subscriptions.values()], problems };
}

/** The destination that an item of `post_to` means, by its name or spelled out. */
function destinationOf(
  item: Placed<WrittenPostTo>,
  known: Known,
): { readonly draft: Draft | null; readonly problems: readonly ConfigProblem[] } {
  const name = item.value.destination;
  const spelled = draftOf(item);
  if (name === undefined && spelled !== null)
    return { draft: known.byId.get(spelled.id) ?? null, problems: [] };
  if (name === undefined || PLATFORMS.some((platform) => item.writtenKeys.includes(platform)))
    return { draft: null, problems: unclearTarget(item, [...PLATFORMS, "destination"]) };
  const draft = known.byName.get(name) ?? known.byId.get(name);
  if (draft !== undefined)
    return { draft, problems: [...addOptions(draft, item), ...foreignOptions(draft, item)] };
  const place = item.placeOf("destination");
  return {
    draft: null,
    problems: [problemAt(place, `unknown destination "${name}"`, nameMend(name, known))],
  };
}

function nameMend(name: string, known: Known): string {
  if (/^https?:\/\/\S*discord|^\d{5,}$/u.test(name)) return `Write "discord: ${name}".`;
  if (/^(?:@|did:)|bsky\./u.test(name)) return `Write "bluesky: ${name}".`;
  const names = [...known.byName.keys(), ...known.byId.keys()];
  const list = names.length === 0 ? "" : ` Known: ${names.slice(0, 10).join(", ")}.`;
  return didYouMean(name, names) ?? `Define it under destinations, with "name: ${name}".${list}`;
}

function toSubscription(
  feedUrl: string,
  { id, look, shape }: Draft,
  item: Placed<WrittenPostTo>,
  settings: WrittenSettings,
): SubscriptionConfig {
  const { value } = item;
  const discord = look === "discord" ? settings.defaults?.discord : undefined;
  const bluesky = look === "bluesky" ? settings.defaults?.bluesky : undefined;
  const pick = <K extends "style" | "template">(name: K) =>
    value[name] ?? shape[name] ?? (discord ?? bluesky)?.[name] ?? settings.defaults?.[name];
  return {
    feedUrl,
    destinationId: id,
    only: toFilter(value.only),
    skip: toFilter(value.skip),
    publish: value.publish ?? discord?.publish ?? false,
    mentions: value.mention ?? discord?.mention ?? [],
    tags: value.tags ?? [],
    style: pick("style") ?? "card",
    template: pick("template") ?? null,
    hashtags: value.hashtags ?? bluesky?.hashtags ?? [],
    source: formatPlace(item.placeOf()),
  };
}

function toFeed({ value, placeOf }: GatheredFeed["feed"], settings: WrittenSettings): readonly FeedConfig[] {
  if (value.url === undefined) return [];
  const feed: FeedConfig = {
    url: value.url,
    name: value.name ?? null,
    schedule: scheduleOf(value, settings),
    backfill: value.backfill ?? 0,
    only: toFilter(value.only),
    skip: toFilter(value.skip),
    maxAge: value.max_age ?? settings.defaults?.max_age ?? TIMING.maxAge,
    source: formatPlace(placeOf()),
  };
  return [feed];
}

/** Only what is written at the feed itself beats the feed's own hints: that was said with this publisher in mind. */
function scheduleOf(feed: GatheredFeed["feed"]["value"], settings: WrittenSettings): PollSchedule {
  if (feed.cron !== undefined) return { kind: "cron", expression: feed.cron };
  if (feed.every !== undefined) return { kind: "every", interval: feed.every };
  const { defaults, timing } = settings;
  if (defaults?.every !== undefined) return { kind: "default", interval: defaults.every };
  const [least, most] = [timing?.poll_least ?? POLL_LEAST, timing?.poll_most ?? POLL_MOST];
  return { kind: "rhythm", interval: POLL_INTERVAL, least, most: Math.max(least, most) };
}

function scheduleProblems(feed: GatheredFeed["feed"]): readonly ConfigProblem[] {
  return feed.writtenKeys.includes("every") && feed.writtenKeys.includes("cron")
    ? [problemAt(feed.placeOfKey("cron"), '"every" and "cron" in one feed', "Keep one of the two.")]
    : [];
}

/** Feeds listed twice, by address or by name. */
function feedsTwice(feeds: readonly GatheredFeed[]): readonly ConfigProblem[] {
  const seen = new Map<string, Place>();
  const again = (key: string, what: string, place: Place, mend: string): readonly ConfigProblem[] => {
    const earlier = seen.get(key);
    if (earlier !== undefined) return [problemAt(place, `${what} at ${formatPlace(earlier)}`, mend)];
    seen.set(key, place);
    return [];
  };
  return feeds.flatMap(({ feed }) => {
    const { url, name } = feed.value;
    const join = "List it once, with all its destinations under one post_to.";
    return [
      ...(url === undefined
        ? []
        : again(`url ${addressKey(url)}`, "this feed is already listed", feed.placeOf("url"), join)),
      ...(name === undefined
        ? []
        : again(
            `name ${name}`,
            `"${name}" already names a feed`,
            feed.placeOf("name"),
            "Rename one of the two.",
          )),
    ];
  });
}
