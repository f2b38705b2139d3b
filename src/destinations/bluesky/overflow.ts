import type { Overflow, PostOptions, Summary } from "../../domain/types.ts";
import { fitLines } from "../../lib/lines.ts";
import { addressOf, languages } from "./compose.ts";
import { facetsOf, linkPiece, textOf } from "./facets.ts";
import type { Piece } from "./facets.ts";
import { clean, POST_GRAPHEMES, shorten, weight } from "./wording.ts";

/** What a headline is cut to when there are many. */
const LENGTHS = [200, 130, 90, 65, 48, 36, 26] as const;

/**
 * Several summaries as one record: a linked headline on each line, and no words of our own, as an account may speak any
 * language. It lists as many as fit, from the first. Pure.
 */
export function composeBlueskyOverflow(
  summaries: readonly Summary[],
  { createdAt }: Pick<PostOptions, "key" | "createdAt">,
): Overflow {
  const draw = (n: number, most: number): readonly Piece[] =>
    summaries
      .slice(0, n)
      .flatMap((summary, at) => [{ text: at === 0 ? "• " : "\n• " }, headlineOf(summary, most)]);
  const { n, most } = fitLines(summaries.length, POST_GRAPHEMES, LENGTHS, (n, most) =>
    weight(textOf(draw(n, most))),
  );
  const pieces = draw(n, most);
  const [language, ...others] = new Set(summaries.slice(0, n).flatMap((one) => languages(one.language)));
  const payload = {
    $type: "app.bsky.feed.post",
    text: textOf(pieces),
    createdAt: new Date(createdAt).toISOString(),
    facets: facetsOf(pieces),
    ...(language === undefined || others.length > 0 ? {} : { langs: [language] }),
  };
  return { listed: n, post: { platform: "bluesky", payload, image: null, text: asSeen(pieces) } };
}

function headlineOf(summary: Summary, most: number): Piece {
  const url = addressOf(summary.url);
  const words = shorten(clean(summary.title) || url?.hostname || "…", most);
  return url === null ? { text: words } : linkPiece(words, url.href);
}

/** For terminals, which show no links. */
const asSeen = (pieces: readonly Piece[]): string =>
  pieces
    .map(({ text, feature }) =>
      feature !== undefined && "uri" in feature ? `${text}\n  ${feature.uri}` : text,
    )
    .join("");
