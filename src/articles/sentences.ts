import { ellipsize, graphemeLength } from "../lib/text.ts";

/** The first sentences aim at this many graphemes, and never pass the second figure. */
const ENOUGH = 200;
const MOST = 280;

/**
 * Words whose full stop does not end a sentence, in the languages we meet most. Lower case, without the stop.
 */
const ABBREVIATIONS = new Set(
  (
    "mr mrs ms mx dr prof sen rep gov gen col lt sgt capt cmdr adm maj st jr sr hon rev fr pres supt ft mt no vs inc ltd co corp " +
    "dept est approx fig jan feb mar apr jun jul aug sep sept oct nov dec e.g i.e a.m p.m u.s u.k u.n d.c " +
    "z.b u.a d.h o.ä u.ä i.d.r bzw ca nr usw evtl ggf vgl inkl str mio mrd abs art bd hrsg geb gest verh hl tel " +
    "mme mlle mm m av env etc cf p.ex " +
    "sra srta dña ud uds ee.uu p.ej núm pág " +
    "sig dott avv ing sig.ra n.b " +
    "dhr mevr drs bijv o.a d.w.z m.b.t " +
    "tzn np tj r ul godz tys mln mld г ул т.е т.д руб тыс млн млрд"
  ).split(" "),
);

/** A sentence may begin with these right after an abbreviation that also ends one ("in the U.S. By leaning on"). */
const STARTERS =
  /^(?:The|A|An|By|He|She|It|They|We|I|In|On|At|But|And|As|For|This|That|These|Those|When|While|After|Before|If|Many|Most|Some)\s/u;
const ENDS_TOO = /(?:^|\s)(?:U\.S|U\.K|U\.N|D\.C|EE\.UU|a\.m|p\.m|Inc|Ltd|Co|Corp|Jr|Sr|etc|usw)\.$/u;

/** A place in capitals, or any place with its agency, up to a dash: `PARIS — `, `Berlin (dpa/lno) - `. */
const AGENCY = String.raw`\((?:\p{Lu}[\p{L}.]{1,14}(?:\s\p{Lu}\p{L}{1,14})?|dpa[^)]{0,12}|epd|sid|afp)\)`;
const PLACE = String.raw`\p{Lu}[\p{L}\d\s.,'’/-]{1,60}`;
const CAPITALS = String.raw`\p{Lu}[\p{Lu}\s.'’/-]{2,40}(?:,\s[\p{L}\d\s.'’]{2,30}){0,2}`;
const DATELINE = new RegExp(
  `^(?:${PLACE}\\s${AGENCY}\\s*[-–—]{1,2}|${CAPITALS}\\s[-–—]{1,2})\\s+(?=\\S)`,
  "u",
);
/** Languages that write "the 3rd of May" as "3. Mai". */
const ORDINAL_STOP = /^(?:de|da|nb|nn|no|fi|et|lv|cs|sk|pl|hu|hr|sr|bs|sl|is|tr)\b/u;
const BYLINE =
  /^(?:by|von|par|por|di|door|published by|written by|reporting by|updated|published|last updated|aktualisiert|veröffentlicht|file (?:photo|picture|image)|representational image)\b.{0,80}$/iu;
const BULLET = /^\s*[•‣▪●◦–—*-]\s/u;
const SENTENCE_END = /[.!?…。！？।؟։][\p{Pe}\p{Pf}"'’”]*$/u;

/**
 * A text in sentences. `Intl.Segmenter` breaks after abbreviations, initials and the ordinals of German dates; those
 * breaks are mended.
 */
export function splitSentences(text: string, language: string | null): readonly string[] {
  const sentences: string[] = [];
  let open = "";
  for (const { segment } of segmenter(language).segment(text)) {
    if (open !== "" && !isBreak(open.trimEnd(), segment, language)) open += segment;
    else {
      if (open !== "") sentences.push(open.trim());
      open = segment;
    }
  }
  if (open.trim() !== "") sentences.push(open.trim());
  return sentences;
}

function segmenter(language: string | null): Intl.Segmenter {
  const known = language !== null && Intl.Segmenter.supportedLocalesOf([language]).length > 0;
  return new Intl.Segmenter(known ? language : "en", { granularity: "sentence" });
}

/** Whether a sentence ends between the two. */
function isBreak(before: string, after: string, language: string | null): boolean {
  if (ENDS_TOO.test(before)) return STARTERS.test(after);
  const word = /(?:^|[\s(„“"'’])([\p{L}\p{N}][\p{L}\p{N}.]*)\.$/u.exec(lastWords(before))?.[1];
  if (word === undefined) return true;
  const initial = /^(?:\p{L}|\p{L}(?:\.\p{L})+)$/u.test(word) && word !== "I";
  const ordinal = /^\d{1,2}$/u.test(word) && ORDINAL_STOP.test(language ?? "");
  return !(initial || ordinal || ABBREVIATIONS.has(word.toLowerCase()));
}

/** The end of a text, "z. B." drawn together to "z.B.". */
const lastWords = (text: string): string => text.slice(-40).replaceAll(/(?<=\b\p{L}\.) (?=\p{L}\.)/gu, "");

/** A paragraph without the place and agency that news begins with: `BERLIN (Reuters) - `. */
export const withoutDateline = (paragraph: string): string => paragraph.replace(DATELINE, "");

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
    if (BULLET.test(paragraph) || BYLINE.test(paragraph) || leftOut(paragraph)) continue;
    for (const sentence of splitSentences(withoutDateline(paragraph), language)) {
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
