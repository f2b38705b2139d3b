import { hash } from "node:crypto";
import type { ParsedEntry } from "../domain/types.ts";
import { addressKey, bounded } from "../lib/address.ts";
import { normaliseSpace } from "../lib/text.ts";
import { htmlWords } from "./plain.ts";

/** What an entry can be known by. */
export type EntryKeys = {
  readonly guid: string | null;
  /** The link's `addressKey`. */
  readonly link: string | null;
  /**
   * A hash of the title and 200 or more characters of text; of the title (and what text there is) when the entry has
   * neither guid nor link; else null.
   */
  readonly text: string | null;
};

/** A stored row; several may bear one `entryId`, when an entry was seen under several guids or links. */
export type KnownEntry = EntryKeys & { readonly entryId: string; readonly title: string };

/** What a feed was seen to do with its identifiers. Marks are only ever set. */
export type Marks = {
  /** One guid was seen on two links with two titles: a guid counts only together with its link. */
  readonly guidReused: boolean;
  /** One link was seen on two guids: a link alone tells nothing. */
  readonly linkShared: boolean;
};

export type IdentifiedEntry =
  | {
      readonly kind: "known";
      readonly entryId: string;
      readonly entry: ParsedEntry;
      readonly keys: EntryKeys;
    }
  | { readonly kind: "new"; readonly entry: ParsedEntry; readonly keys: EntryKeys };

export type Identified = { readonly entries: readonly IdentifiedEntry[]; readonly marks: Marks };

type Seen = Pick<EntryKeys, "guid" | "link"> & { readonly title: string };
type Listed = Seen & { readonly entry: ParsedEntry; readonly keys: EntryKeys };

const ENOUGH_TEXT = 200;
/** Longer texts are compared by their beginning: the end of a page is where counters and dates stand. */
const MAX_TEXT = 4000;
/** HTML beyond this cannot matter to the first `MAX_TEXT` characters of a real article. */
const MAX_HTML = 40_000;

const titleKey = (title: string): string => normaliseSpace(title).toLowerCase();

function textKey(entry: ParsedEntry, hasOther: boolean): string | null {
  const html = entry.contentHtml ?? entry.descriptionHtml ?? "";
  const text = htmlWords(html.slice(0, MAX_HTML)).slice(0, MAX_TEXT);
  if (hasOther && text.length < ENOUGH_TEXT) return null;
  return hash("sha256", `${titleKey(entry.title)}\n${text}`);
}

/**
 * The keys of an entry. At least one is not null. That of the text is made when it is first asked for: most entries are
 * known by the others.
 */
export function keysOf(entry: ParsedEntry): EntryKeys {
  const guid = entry.guid === null ? null : bounded(entry.guid);
  const link = entry.link === null ? null : addressKey(entry.link);
  let text: string | null | undefined;
  return {
    guid,
    link,
    get text() {
      if (text === undefined) text = textKey(entry, guid !== null || link !== null);
      return text;
    },
  };
}

function put<T>(groups: Map<string, T[]>, key: string | null, item: T): void {
  if (key === null) return;
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}

/** Groups by a key; what has none is left out. */
function grouped<T>(items: readonly T[], key: (item: T) => string | null): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) put(groups, key(item), item);
  return groups;
}

/** Whether a key stands with two values; mostly none does, and nothing needs to be grouped. */
function differs<T>(
  items: readonly T[],
  key: (item: T) => string | null,
  value: (item: T) => string | null,
): boolean {
  const first = new Map<string, string>();
  for (const item of items) {
    const name = key(item);
    const said = value(item);
    if (name === null || said === null) continue;
    const before = first.get(name);
    if (before === undefined) first.set(name, said);
    else if (before !== said) return true;
  }
  return false;
}

const guidOf = ({ guid }: Seen): string | null => guid;
const linkOf = ({ link }: Seen): string | null => link;

/** One guid on two links with two titles, in this document or over time: a changed slug or headline alone is neither. */
function reusesGuids(seen: readonly Seen[]): boolean {
  if (!differs(seen, guidOf, linkOf)) return false;
  const linked = seen.filter((one) => one.link !== null);
  for (const group of grouped(linked, guidOf).values()) {
    const [first] = group;
    if (group.every((one) => one.link === first?.link)) continue;
    const places = group.map((one) => ({ link: one.link, title: titleKey(one.title) }));
    if (places.some((a) => places.some((b) => a.link !== b.link && a.title !== b.title))) return true;
  }
  return false;
}

/**
 * One link on two guids within one document, unless it is plainly one article listed twice. Over time the same would
 * be a site that rewrites its guids, whose entries must stay known by their links.
 */
function sharesLinks(listed: readonly Listed[]): boolean {
  if (!differs(listed, linkOf, guidOf)) return false;
  for (const group of grouped(listed, linkOf).values()) {
    const withGuid = group.filter((one) => one.guid !== null);
    const guids = new Set(withGuid.map((one) => one.guid));
    if (guids.size < 2) continue;
    const contents = new Set(withGuid.map((one) => `${titleKey(one.title)}\n${one.keys.text ?? ""}`));
    if (contents.size > 1) return true;
  }
  return false;
}

type Rungs<T extends Seen> = {
  readonly add: (row: T) => void;
  readonly find: (entry: Seen) => T | undefined;
};

/** Rows to be found by guid, then by link: the first two rungs. */
function rungs<T extends Seen>(rows: readonly T[], marks: Marks): Rungs<T> {
  const byGuid = new Map<string, T[]>();
  const byLink = new Map<string, T[]>();
  const add = (row: T): void => {
    put(byGuid, row.guid, row);
    put(byLink, row.link, row);
  };
  for (const row of rows) add(row);
  const find = (entry: Seen): T | undefined => {
    const sameGuid = entry.guid === null ? [] : (byGuid.get(entry.guid) ?? []);
    const guidMatch = marks.guidReused ? sameGuid.find((row) => row.link === entry.link) : sameGuid[0];
    if (guidMatch !== undefined) return guidMatch;
    const sameLink = entry.link === null ? [] : (byLink.get(entry.link) ?? []);
    if (!marks.linkShared) return sameLink[0];
    // Without a guid there is only the link to go by: it counts together with the title.
    return sameLink.find(
      (row) => (row.guid === null || entry.guid === null) && titleKey(row.title) === titleKey(entry.title),
    );
  };
  return { add, find };
}

/** The document without what it lists twice, by the same rungs; the first of two counts. */
function withoutRepeats(listed: readonly Listed[], marks: Marks): readonly Listed[] {
  const before = rungs<Seen>([], marks);
  const bareTexts = new Set<string | null>();
  return listed.filter((one) => {
    const isBare = one.guid === null && one.link === null;
    if (isBare ? bareTexts.has(one.keys.text) : before.find(one) !== undefined) return false;
    if (isBare) bareTexts.add(one.keys.text);
    else before.add(one);
    return true;
  });
}

/**
 * Says of each entry of a document whether the feed's rows know it, by the ladder: its guid, else its link, else the
 * same title and text when the old entry is gone from the document (it moved), else it is new. `known` holds every row
 * of the feed that shares a guid, a link or a text key with the document; `marks` are those stored, the answer's are
 * those to store. What the document lists twice is told once. `keysOfEach` are the entries' keys, when they are known
 * already. Pure.
 */
export function identify(
  document: readonly ParsedEntry[],
  known: readonly KnownEntry[],
  marks: Marks,
  keysOfEach: readonly EntryKeys[] = document.map(keysOf),
): Identified {
  const listed: readonly Listed[] = document.map((entry, i) => {
    const keys = keysOfEach[i] ?? keysOf(entry);
    return { guid: keys.guid, link: keys.link, title: entry.title, entry, keys };
  });
  const seen: readonly Seen[] = [...known, ...listed];
  const newMarks: Marks = {
    guidReused: marks.guidReused || reusesGuids(seen),
    linkShared: marks.linkShared || sharesLinks(listed),
  };
  const rows = rungs(known, newMarks);
  const entries = withoutRepeats(listed, newMarks).map((one) => ({
    one,
    entryId: rows.find(one)?.entryId ?? null,
  }));
  const present = new Set(entries.map(({ entryId }) => entryId).filter((entryId) => entryId !== null));
  const byText = grouped(known, (row) => row.text);
  const told = new Set<string>();
  const answer: IdentifiedEntry[] = [];
  for (const { one, entryId } of entries) {
    const { entry, keys } = one;
    const moved = entryId ?? movedFrom(keys, byText, present);
    if (moved === null) {
      answer.push({ kind: "new", entry, keys });
    } else if (!told.has(moved)) {
      told.add(moved);
      answer.push({ kind: "known", entryId: moved, entry, keys });
    }
  }
  return { entries: answer, marks: newMarks };
}

/** The entry of the same title and text that the document no longer lists; it then counts as listed. */
function movedFrom(
  keys: EntryKeys,
  byText: ReadonlyMap<string, readonly KnownEntry[]>,
  present: Set<string>,
): string | null {
  if (byText.size === 0) return null;
  const rows = keys.text === null ? [] : (byText.get(keys.text) ?? []);
  const gone = rows.find((row) => !present.has(row.entryId));
  if (gone === undefined) return null;
  present.add(gone.entryId);
  return gone.entryId;
}
