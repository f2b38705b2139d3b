import type { SightingKeys } from "./polls.ts";
import type { Store } from "./open.ts";
import type { SightingRow } from "./tables.ts";

/**
 * Every stored sighting of this feed that shares a guid or a link with the document, or a text with an entry of it that
 * is not known by both.
 */
export async function listSightings(
  store: Store,
  feedId: string,
  keys: readonly SightingKeys[],
): Promise<readonly SightingRow[]> {
  const by = async (column: "guid" | "link" | "textKey", values: readonly (string | null)[]) => {
    const wanted = [...new Set(values.filter((value) => value !== null))];
    if (wanted.length === 0) return [];
    return await store.db
      .selectFrom("sightings")
      .selectAll()
      .where("feedId", "=", feedId)
      .where(column, "in", wanted)
      .execute();
  };
  const byGuid = await by(
    "guid",
    keys.map(({ guid }) => guid),
  );
  const byLink = await by(
    "link",
    keys.map(({ link }) => link),
  );
  const places = new Set([...byGuid, ...byLink].map(placeOf));
  const elsewhere = keys.filter((key) => !places.has(placeOf(key)));
  const byText = await by(
    "textKey",
    elsewhere.map(({ text }) => text),
  );
  return [...byGuid, ...byLink, ...byText];
}

const placeOf = ({ guid, link }: Pick<SightingKeys, "guid" | "link">): string =>
  JSON.stringify([guid ?? "", link ?? ""]);
