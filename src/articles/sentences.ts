import { splitSentences } from "../lib/sentences.ts";
import { ellipsize, graphemeLength } from "../lib/text.ts";

/** The first sentences aim at this many graphemes, and never pass the second figure. */
const ENOUGH = 200;
const MOST = 280;

/** A place in capitals, or any place with its agency, up to a dash: `PARIS — `, `Berlin (dpa/lno) - `. */
const AGENCY = String.raw`\((?:\p{Lu}[\p{L}.]{1,14}(?:\s\p{Lu}\p{L}{1,14})?|dpa[^)]{0,12}|epd|sid|afp)\)`;
const PLACE = String.raw`\p{Lu}[\p{L}\d\s.,'’/-]{1,60}`;
const CAPITALS = String.raw`\p{Lu}[\p{Lu}\s.'’/-]{2,40}(?:,\s[\p{L}\d\s.'’]{2,30}){0,2}`;
/** `27.6.2026`, `24/09/2020` */
const DATE = String.raw`\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}`;
const DASH = String.raw`\s*[-–—]{1,2}\s+(?=\S)`;
/** `NAIROBI: `; what is announced in capitals (`UPDATE: `) or is a topic is no place. */
const SHOUTED = String.raw`(?!(?:COVID|BREXIT|UPDATE|WATCH|VIDEO|WARNING|SPOILER|BREAKING|EXCLUSIVE|OPINION|ANALYSIS|REVIEW|COMMENT)\b)\p{Lu}{5,}(?:\s\p{Lu}{3,}){0,2}:\s+(?=[\p{Lu}“"‘'])`;
const DATELINE = new RegExp(
  `^(?:${PLACE}\\s${AGENCY}${DASH}|${AGENCY}${DASH}${CAPITALS}${DASH}|${CAPITALS}\\s[-–—]{1,2}\\s+(?=\\S)|(?:${PLACE},\\s)?${DATE}${DASH}|${SHOUTED})`,
  "u",
);
const BYLINE =
  /^(?:by|von|par|por|di|door|published by|written by|reporting by|updated|published|last updated|aktualisiert|veröffentlicht|file (?:photo|picture|image)|representational image)\b.{0,80}$/iu;
/** `02/12/2024 Actualizado a las 20:56h.`: when it was written, not what. */
const STAMP =
  /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.{0,60}$|^.{0,40}\b(?:actualizado|atualizado|aggiornato|mis à jour|aktualisiert|bijgewerkt|uppdaterad|oppdatert|opdateret)\b.{0,40}\d.{0,20}$/iu;
/** `Von Nora Whitlock.` at the end of a dek. */
const LAST_BYLINE =
  /(?<=[.!?…"”»]\s?)\s+(?:Von|By|Par|Por|Di|Door|Av|Af)(?:\s(?:und|and|et|y|e|en|och|og|\p{Lu}[\p{L}.'’-]+)){2,6}\.?$/u;
/** A note that hangs below a text. */
const NOTE = /^[*†‡※ⓘⒾℹ]/u;
const BULLET = /^\s*[•‣▪●◦–—*-]\s/u;
const SENTENCE_END = /[.!?…。！？।؟։][\p{Pe}\p{Pf}"'’”]*$/u;

/** A paragraph without the place, date and agency that news begins with: `BERLIN (Reuters) - `. */
export const withoutDateline = (paragraph: string): string => paragraph.replace(DATELINE, "");

/** A dek without its dateline, and without the byline that some end with. */
export const withoutByline = (dek: string): string => withoutDateline(dek).replace(LAST_BYLINE, "");

/**
 * The beginning of an article for a reader who has neither key points nor a description: whole sentences, 200 to
 * 280 graphemes of them. Bylines, bullets, half sentences and what `leftOut` names are passed over; only a first
 * sentence longer than all is cut, with an ellipsis. Null when there is no sentence.
 */
export function firstSentences(
  paragraphs: readonly string[],
  language: string | null,
  leftOut: (text: string) => boolean,
): string | null {
  let taken = "";
  for (const paragraph of paragraphs) {
    if ([BULLET, BYLINE, NOTE].some((line) => line.test(paragraph)) || leftOut(paragraph)) continue;
    for (const sentence of splitSentences(withoutByline(paragraph), language)) {
      if (STAMP.test(sentence)) continue;
      if (!SENTENCE_END.test(sentence) || isCut(sentence) || leftOut(sentence)) break;
      const longer = taken + gap(taken) + sentence;
      if (graphemeLength(longer) > MOST) return taken === "" ? ellipsize(sentence, MOST) : taken;
      taken = longer;
    }
    if (graphemeLength(taken) >= ENOUGH) return taken;
  }
  return taken === "" ? null : taken;
}

/** Between two sentences stands a space, except where the script has none. */
const gap = (before: string): string => (before === "" || /[。！？]["'’”」』）]*$/u.test(before) ? "" : " ");

/** Whether a text was cut by a machine: it ends in an ellipsis, bracketed or not. */
export const isCut = (text: string): boolean => /(?:…|\.\.\.|&hellip;)\s*[\])]?[\s"”»]*$/u.test(text);
