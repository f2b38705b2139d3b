import type { Filter } from "../domain/types.ts";

/** What a filter looks at. */
export type Filtered = {
  readonly title: string;
  readonly author: string | null;
  readonly categories: readonly string[];
};

const fold = (text: string): string => text.normalize("NFKC").toLocaleLowerCase("und").trim();
const isEmpty = (filter: Filter): boolean =>
  filter.category.length + filter.title.length + filter.author.length === 0;

/** The word of the filter that the entry matches, as the admin wrote it; null when none does. */
function match(filter: Filter, entry: Filtered): string | null {
  const categories = new Set(entry.categories.map(fold));
  const title = fold(entry.title);
  const author = fold(entry.author ?? "");
  return (
    filter.category.find((word) => categories.has(fold(word))) ??
    filter.title.find((word) => title.includes(fold(word))) ??
    filter.author.find((word) => author.includes(fold(word))) ??
    null
  );
}

/** Why the filters keep this entry back, as a reason for its row; null when they let it pass. */
export function filterReason(only: Filter, skip: Filter, entry: Filtered): string | null {
  const skipped = match(skip, entry);
  if (skipped !== null) return `filter: skip names “${skipped}”`;
  if (!isEmpty(only) && match(only, entry) === null) return "filter: matches nothing that only names";
  return null;
}
