/**
 * Words whose full stop does not end a sentence, in the languages we meet most. Lower case, without the stop.
 */
const ABBREVIATIONS = new Set(
  (
    "mr mrs ms mx dr prof sen rep gov gen col lt sgt capt cmdr adm maj st jr sr hon rev fr pres supt ft mt no vs inc ltd co corp " +
    "dept est approx fig jan feb mar apr jun jul aug sep sept oct nov dec e.g i.e a.m p.m u.s u.k u.n d.c " +
    "z.b u.a d.h o.ä u.ä i.d.r bzw ca nr usw evtl ggf vgl inkl str mio mrd abs art bd hrsg geb gest verh hl tel " +
    "mme mlle mm m av env etc cf p.ex " +
    "sra srta dña ud uds ee ee.uu p.ej núm pág " +
    "sig dott avv ing sig.ra n.b " +
    "dhr mevr drs bijv o.a d.w.z m.b.t " +
    "tzn np tj r ul godz tys mln mld г ул т.е т.д руб тыс млн млрд"
  ).split(" "),
);

/** A sentence may begin with these right after an abbreviation that also ends one ("in the U.S. By leaning on"). */
const STARTERS =
  /^(?:The|A|An|By|He|She|It|They|We|I|In|On|At|But|And|As|For|This|That|These|Those|When|While|After|Before|If|Many|Most|Some)\s/u;
const ENDS_TOO = /(?:^|\s)(?:U\.S|U\.K|U\.N|D\.C|EE\.UU|a\.m|p\.m|Inc|Ltd|Co|Corp|Jr|Sr|etc|usw)\.$/u;

/** Languages that write "the 3rd of May" as "3. Mai". */
const ORDINAL_STOP = /^(?:de|da|nb|nn|no|fi|et|lv|cs|sk|pl|hu|hr|sr|bs|sl|is|tr)\b/u;

/**
 * A text in sentences. `Intl.Segmenter` breaks after abbreviations, initials and the ordinals of German dates; those
 * breaks are mended.
 */
export function splitSentences(text: string, language: string | null): readonly string[] {
  const sentences: string[] = [];
  let open = "";
  for (const { segment, index } of segmenter(language).segment(text)) {
    const goesOn =
      open !== "" && (!isBreak(open.trimEnd(), segment, language) || isQuoted(open, text.slice(index)));
    if (goesOn) open += segment;
    else {
      if (open !== "") sentences.push(open.trim());
      open = segment;
    }
  }
  if (open.trim() !== "") sentences.push(open.trim());
  return sentences;
}

/** The rules of a language that is known; of any other, and of a tag that is none, those of English. */
function segmenter(language: string | null): Intl.Segmenter {
  try {
    return new Intl.Segmenter(language ?? "en", { granularity: "sentence" });
  } catch {
    return new Intl.Segmenter("en", { granularity: "sentence" });
  }
}

/** Whether a sentence ends between the two. */
function isBreak(before: string, after: string, language: string | null): boolean {
  if (ENDS_TOO.test(before)) return STARTERS.test(after);
  // "At St. Mary's." is no initial.
  if (/\p{L}['’]s\.$/u.test(before)) return true;
  // "Is it open?" she asked.
  if (/["”“»’']$/u.test(before) && /^\p{Ll}/u.test(after)) return false;
  const word = /(?:^|[\s(„“"«'’])([\p{L}\p{N}][\p{L}\p{N}.]*)\.$/u.exec(lastWords(before))?.[1];
  if (word === undefined) return true;
  const initial = /^(?:\p{L}|\p{L}(?:\.\p{L})+)$/u.test(word) && word !== "I";
  const ordinal = /^\d{1,2}$/u.test(word) && ORDINAL_STOP.test(language ?? "");
  return !(initial || ordinal || ABBREVIATIONS.has(word.toLowerCase()));
}

/** Quotation marks as pairs; what opens in one language closes in another. */
const QUOTES = [
  [/[„]/gu, /[“”]/gu],
  [/(?<=^|[\s(—–-])“/gu, /”/gu],
  [/«/gu, /»/gu],
] as const;
/** A quotation of more than this is told in sentences of its own. */
const LONGEST_QUOTE = 250;

/** Whether a quotation is open before a place, and closed soon after it: a sentence does not end inside. */
const isQuoted = (before: string, after: string): boolean =>
  QUOTES.some(([opens, closes]) => {
    const open = (before.match(opens) ?? []).length > (before.match(closes) ?? []).length;
    return open && after.slice(0, LONGEST_QUOTE).search(closes) !== -1;
  });

/** The end of a text, "z. B." drawn together to "z.B.". */
const lastWords = (text: string): string => text.slice(-40).replaceAll(/(?<=\b\p{L}\.) (?=\p{L}\.)/gu, "");

/** As many of a text's first sentences, whole, as `fits` allows; empty when not even the first does. */
export function sentencesWithin(
  text: string,
  language: string | null,
  fits: (text: string) => boolean,
): string {
  let taken = "";
  for (const sentence of splitSentences(text, language)) {
    const longer = text.slice(0, text.indexOf(sentence, taken.length) + sentence.length);
    if (!fits(longer)) break;
    taken = longer;
  }
  return taken;
}
