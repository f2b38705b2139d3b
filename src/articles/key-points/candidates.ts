import { textBullets } from "./bullets.ts";
import { deckLines } from "./decks.ts";
import type { Found } from "./found.ts";
import { listsOf } from "./lists.ts";
import type { Page } from "./page.ts";
import { labelledRows } from "./rows.ts";

/** Everything on the page that has the form of key points, in the order of the page. */
export const findCandidates = (page: Page): readonly Found[] =>
  [...listsOf(page), ...labelledRows(page), ...textBullets(page), ...deckLines(page)].sort(
    (one, other) => one.start - other.start,
  );
