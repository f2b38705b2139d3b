import { fold, wordCount } from "./words.ts";

type LabelsOf = {
  /** Said of key points only; may stand inside a longer label. */
  readonly strong: readonly string[];
  /** Said of other things too: must be the whole label, or open or close it, and needs more evidence. */
  readonly weak: readonly string[];
};

/** What publishers write above their key points, by language (BCP 47). Case, accents and punctuation don't count. */
export const LABELS: Readonly<Record<string, LabelsOf>> = {
  en: {
    strong: [
      "key points",
      "key point",
      "key takeaways",
      "key takeaway",
      "main takeaways",
      "top takeaways",
      "quick takeaways",
      "the takeaways",
      "takeaways",
      "takeaway",
      "the takeaway",
      "key highlights",
      "story highlights",
      "article highlights",
      "report highlights",
      "key insights",
      "key findings",
      "main findings",
      "key messages",
      "key learnings",
      "key details",
      "key developments",
      "main points",
      "main ideas",
      "significant points",
      "important points",
      "bullet points",
      "at a glance",
      "in a nutshell",
      "what to know",
      "what you need to know",
      "what you should know",
      "need to know",
      "things to know",
      "tl dr",
      "tldr",
      "quick summary",
      "article summary",
      "executive summary",
      "story summary",
      "summary points",
      "the gist",
      "the essentials",
      "the short version",
      "the bottom line",
      "bottom line up front",
      "quick take",
      "quick takes",
      "quick look",
      "quick read",
      "the main points",
      "points to remember",
      "the lowdown",
      "the rundown",
      "top lines",
      "toplines",
    ],
    weak: [
      "highlights",
      "summary",
      "in brief",
      "in short",
      "brief",
      "overview",
      "synopsis",
      "abstract",
      "the facts",
      "key facts",
      "fast facts",
      "quick facts",
      "quick tips",
      "the basics",
      "the news",
      "in summary",
      "briefing",
      "snapshot",
      "insights",
      "findings",
      "main stories",
      "why it matters",
      "what happened",
      "what we know",
      "the big picture",
      "talking points",
      "key events",
      "key moments",
      "quick answer",
      "quick guide",
    ],
  },
  de: {
    strong: [
      "das wichtigste in kürze",
      "das wichtigste",
      "das wichtigste auf einen blick",
      "das wichtigste im überblick",
      "auf einen blick",
      "in kürze",
      "kurz und knapp",
      "kurz zusammengefasst",
      "kurzzusammenfassung",
      "die wichtigsten punkte",
      "die wichtigsten fakten",
      "die wichtigsten infos",
      "die wichtigsten informationen",
      "die wichtigsten erkenntnisse",
      "die wichtigsten news",
      "die wichtigsten nachrichten",
      "die wichtigsten neuigkeiten",
      "die wichtigsten entwicklungen",
      "wichtigste erkenntnisse",
      "wichtige erkenntnisse",
      "wichtige punkte",
      "kernpunkte",
      "kernaussagen",
      "kernbotschaften",
      "kurzfassung",
      "darum geht es",
      "darum geht s",
      "worum es geht",
      "das sollten sie wissen",
      "das musst du wissen",
      "was du wissen musst",
      "was sie wissen müssen",
      "schnellüberblick",
      "kurzüberblick",
      "die fakten",
      "eckdaten",
    ],
    weak: [
      "zusammenfassung",
      "überblick",
      "im überblick",
      "kurzinfo",
      "zusammengefasst",
      "kurz gesagt",
      "kurz erklärt",
      "highlights",
      "kurz gefasst",
      "steckbrief",
    ],
  },
  fr: {
    strong: [
      "points clés",
      "point clé",
      "les points clés",
      "l essentiel",
      "l essentiel à retenir",
      "à retenir",
      "ce qu il faut retenir",
      "ce qu il faut savoir",
      "points à retenir",
      "en un coup d oeil",
      "en quelques mots",
      "les faits",
      "les points essentiels",
      "l info en bref",
      "résumé de l article",
      "en résumé",
      "principaux points",
      "faits saillants",
    ],
    weak: ["résumé", "en bref", "synthèse", "bref", "aperçu", "le résumé"],
  },
  es: {
    strong: [
      "puntos clave",
      "puntos claves",
      "claves",
      "las claves",
      "lo esencial",
      "lo más importante",
      "lo más destacado",
      "lo que debes saber",
      "lo que hay que saber",
      "lo que necesitas saber",
      "datos clave",
      "ideas clave",
      "conclusiones clave",
      "de un vistazo",
      "en pocas palabras",
      "aspectos destacados",
      "puntos principales",
    ],
    weak: ["resumen", "en resumen", "en síntesis", "destacados", "en breve", "síntesis", "sumario"],
  },
  pt: {
    strong: [
      "pontos chave",
      "pontos principais",
      "principais pontos",
      "destaques da notícia",
      "o que você precisa saber",
      "o que é preciso saber",
      "o que saber",
      "o essencial",
      "resumo da notícia",
      "principais conclusões",
      "pontos importantes",
      "num relance",
    ],
    weak: ["resumo", "em resumo", "destaques", "em síntese", "em poucas palavras", "em foco"],
  },
  it: {
    strong: [
      "punti chiave",
      "i punti chiave",
      "punti principali",
      "in sintesi",
      "in breve",
      "i punti salienti",
      "cosa sapere",
      "cosa c è da sapere",
      "l essenziale",
      "in pillole",
      "i fatti",
    ],
    weak: ["riassunto", "sintesi", "riepilogo", "sommario", "in evidenza"],
  },
  nl: {
    strong: [
      "belangrijkste punten",
      "de belangrijkste punten",
      "het belangrijkste",
      "in het kort",
      "kernpunten",
      "hoofdpunten",
      "in een oogopslag",
      "wat je moet weten",
      "dit moet je weten",
      "in één oogopslag",
      "in een notendop",
    ],
    weak: ["samenvatting", "kort", "samengevat", "overzicht", "kortom"],
  },
  da: {
    strong: [
      "hovedpunkter",
      "det vigtigste",
      "kort fortalt",
      "nøglepunkter",
      "vigtigste pointer",
      "overblik kort",
    ],
    weak: ["resumé", "kort om", "overblik", "opsummering", "sammenfatning"],
  },
  no: {
    strong: [
      "hovedpunkter",
      "hovedpoeng",
      "det viktigste",
      "kort fortalt",
      "kortversjonen",
      "nøkkelpunkter",
      "kort oppsummert",
      "saken oppsummert",
      "dette er saken",
    ],
    weak: ["oppsummering", "oppsummert", "sammendrag", "kort sagt"],
  },
  sv: {
    strong: [
      "huvudpunkter",
      "det viktigaste",
      "kort sagt",
      "nyckelpunkter",
      "viktiga punkter",
      "sammanfattning av artikeln",
      "det här vet vi",
      "i korthet",
      "i korta drag",
    ],
    weak: ["sammanfattning", "sammanfattat", "översikt", "kortfattat"],
  },
  fi: {
    strong: ["pääkohdat", "tärkeimmät kohdat", "lyhyesti", "avainkohdat", "jutun pääkohdat", "mistä on kyse"],
    weak: ["tiivistelmä", "yhteenveto"],
  },
  is: { strong: ["lykilatriði", "helstu atriði", "í hnotskurn"], weak: ["samantekt", "ágrip"] },
  pl: {
    strong: [
      "najważniejsze informacje",
      "najważniejsze",
      "kluczowe punkty",
      "kluczowe informacje",
      "kluczowe wnioski",
      "w skrócie",
      "w pigułce",
      "najważniejsze punkty",
      "co warto wiedzieć",
      "najważniejsze fakty",
    ],
    weak: ["podsumowanie", "streszczenie", "skrót"],
  },
  cs: {
    strong: [
      "klíčové body",
      "hlavní body",
      "to nejdůležitější",
      "nejdůležitější body",
      "ve zkratce",
      "v kostce",
      "stručně",
    ],
    weak: ["shrnutí", "přehled", "souhrn"],
  },
  sk: {
    strong: ["kľúčové body", "hlavné body", "to najdôležitejšie", "v skratke", "v kocke", "čo sa dočítate"],
    weak: ["zhrnutie", "prehľad", "súhrn"],
  },
  hu: {
    strong: ["a lényeg", "legfontosabb pontok", "főbb pontok", "kulcspontok", "röviden", "dióhéjban"],
    weak: ["összefoglaló", "összefoglalás", "összegzés"],
  },
  ro: {
    strong: [
      "puncte cheie",
      "punctele cheie",
      "pe scurt",
      "ideile principale",
      "esențialul",
      "ce trebuie să știi",
    ],
    weak: ["rezumat", "sinteză", "sumar"],
  },
  bg: {
    strong: ["ключови моменти", "основни моменти", "накратко", "най важното", "акценти"],
    weak: ["резюме", "обобщение"],
  },
  hr: {
    strong: [
      "ključne točke",
      "ključne tačke",
      "najvažnije",
      "ukratko",
      "glavne točke",
      "bitno",
      "u kratkim crtama",
    ],
    weak: ["sažetak", "pregled"],
  },
  sr: {
    strong: ["кључне тачке", "најважније", "укратко", "главне тачке"],
    weak: ["сажетак", "резиме", "rezime"],
  },
  sl: { strong: ["ključne točke", "ključni poudarki", "na kratko", "najpomembnejše"], weak: ["povzetek"] },
  uk: {
    strong: ["головне", "найважливіше", "коротко", "ключові моменти", "основні тези", "ключові тези"],
    weak: ["підсумок", "стислий зміст"],
  },
  ru: {
    strong: [
      "главное",
      "самое важное",
      "коротко",
      "кратко",
      "ключевые моменты",
      "основные тезисы",
      "основные моменты",
      "что нужно знать",
      "вкратце",
      "ключевые выводы",
    ],
    weak: ["резюме", "краткое содержание", "итоги"],
  },
  el: {
    strong: [
      "βασικά σημεία",
      "κύρια σημεία",
      "με μια ματιά",
      "εν συντομία",
      "τα σημαντικότερα",
      "τι πρέπει να ξέρετε",
    ],
    weak: ["περίληψη", "σύνοψη"],
  },
  tr: {
    strong: [
      "öne çıkanlar",
      "önemli noktalar",
      "ana noktalar",
      "kısaca",
      "bir bakışta",
      "özetle",
      "haberin özeti",
      "bilmeniz gerekenler",
    ],
    weak: ["özet"],
  },
  lt: { strong: ["svarbiausia", "pagrindiniai punktai", "trumpai", "esmė"], weak: ["santrauka"] },
  lv: { strong: ["galvenais", "svarīgākais", "īsumā", "galvenie punkti"], weak: ["kopsavilkums"] },
  et: { strong: ["peamine", "lühidalt", "põhipunktid", "kõige olulisem"], weak: ["kokkuvõte"] },
  ca: {
    strong: ["punts clau", "les claus", "l essencial", "en poques paraules"],
    weak: ["resum", "en resum"],
  },
  id: {
    strong: [
      "poin penting",
      "poin poin penting",
      "poin utama",
      "inti berita",
      "ringkasan berita",
      "sekilas",
      "hal penting",
      "intisari",
    ],
    weak: ["ringkasan", "ikhtisar"],
  },
  ms: {
    strong: ["perkara penting", "isi penting", "fakta utama", "sepintas lalu"],
    weak: ["rumusan", "ringkasan"],
  },
  vi: {
    strong: [
      "điểm chính",
      "những điểm chính",
      "điểm nổi bật",
      "nội dung chính",
      "những điều cần biết",
      "ý chính",
    ],
    weak: ["tóm tắt", "tóm lược"],
  },
  tl: { strong: ["mahahalagang punto", "pangunahing punto", "sa madaling salita"], weak: ["buod"] },
  sw: { strong: ["mambo muhimu", "mambo makuu", "kwa ufupi"], weak: ["muhtasari"] },
  ar: {
    strong: [
      "أهم النقاط",
      "النقاط الرئيسية",
      "أبرز النقاط",
      "باختصار",
      "أهم ما جاء",
      "لمحة سريعة",
      "ما يجب معرفته",
      "نقاط رئيسية",
    ],
    weak: ["ملخص", "الخلاصة", "خلاصة"],
  },
  fa: { strong: ["نکات کلیدی", "مهم ترین نکات", "نکات مهم", "در یک نگاه"], weak: ["خلاصه", "چکیده"] },
  ur: { strong: ["اہم نکات", "ایک نظر میں", "اہم باتیں"], weak: ["خلاصہ"] },
  he: {
    strong: ["נקודות עיקריות", "עיקרי הדברים", "במבט מהיר", "על קצה המזלג", "הנקודות העיקריות"],
    weak: ["תקציר", "סיכום", "בקצרה"],
  },
  hi: {
    strong: ["मुख्य बिंदु", "मुख्य बातें", "प्रमुख बिंदु", "खास बातें", "बड़ी बातें", "एक नजर में", "महत्वपूर्ण बिंदु"],
    weak: ["सारांश", "संक्षेप में", "हाइलाइट्स", "संक्षेप"],
  },
  mr: { strong: ["ठळक मुद्दे", "महत्त्वाचे मुद्दे", "मुख्य मुद्दे"], weak: ["सारांश", "थोडक्यात"] },
  bn: {
    strong: ["মূল বিষয়", "মূল পয়েন্ট", "এক নজরে", "মূল বিষয়গুলো", "গুরুত্বপূর্ণ তথ্য"],
    weak: ["সারসংক্ষেপ", "সংক্ষেপে", "হাইলাইটস"],
  },
  gu: { strong: ["મુખ્ય મુદ્દા", "મુખ્ય મુદ્દાઓ", "મહત્વના મુદ્દા", "એક નજરે"], weak: ["સારાંશ", "હાઇલાઇટ્સ", "ટૂંકમાં"] },
  ta: { strong: ["முக்கிய அம்சங்கள்", "முக்கிய புள்ளிகள்", "சிறப்பம்சங்கள்"], weak: ["சுருக்கம்"] },
  te: { strong: ["ముఖ్యాంశాలు", "ప్రధానాంశాలు", "ముఖ్య అంశాలు"], weak: ["సారాంశం"] },
  ja: {
    strong: [
      "この記事のポイント",
      "記事のポイント",
      "要点",
      "3行まとめ",
      "三行まとめ",
      "ざっくり言うと",
      "記事の要約",
      "本記事のポイント",
      "重要ポイント",
      "主なポイント",
      "この記事の要点",
      "サマリー",
      "サマリ",
      "この記事でわかること",
    ],
    weak: ["ポイント", "まとめ", "要約", "概要", "ハイライト"],
  },
  ko: {
    strong: [
      "핵심 요약",
      "핵심요약",
      "주요 내용",
      "핵심 포인트",
      "기사 요약",
      "세줄 요약",
      "3줄 요약",
      "한눈에 보기",
      "핵심 내용",
      "주요 포인트",
      "주요내용",
    ],
    weak: ["요약", "핵심", "하이라이트"],
  },
  zh: {
    strong: [
      "要点",
      "重点",
      "核心提示",
      "内容提要",
      "本文要点",
      "核心要点",
      "要點",
      "重點",
      "重點整理",
      "懶人包",
      "重點摘要",
      "文章重點",
      "划重点",
      "导读",
      "關鍵要點",
      "关键要点",
      "新闻要点",
    ],
    weak: ["摘要", "总结", "總結", "概述", "提要", "概要"],
  },
  th: { strong: ["ประเด็นสำคัญ", "สรุปประเด็น", "ไฮไลต์", "ใจความสำคัญ", "จุดสำคัญ"], weak: ["สรุป"] },
};

export type LabelMatch = {
  readonly strength: "strong" | "weak";
  /** The label says nothing else. */
  readonly whole: boolean;
};

type Phrase = { readonly words: readonly string[]; readonly strength: "strong" | "weak" };

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Hangul}]/u;

const bySpacing = (): { spaced: Map<string, Phrase[]>; unspaced: Map<string, "strong" | "weak"> } => {
  const spaced = new Map<string, Phrase[]>();
  const unspaced = new Map<string, "strong" | "weak">();
  for (const { strong, weak } of Object.values(LABELS))
    for (const [phrases, strength] of [
      [strong, "strong"],
      [weak, "weak"],
    ] as const)
      for (const phrase of phrases) {
        if (UNSPACED.test(phrase)) {
          unspaced.set(fold(phrase), strength);
          continue;
        }
        const words = fold(phrase).split(" ");
        const first = words[0] ?? "";
        spaced.set(first, [...(spaced.get(first) ?? []), { words, strength }]);
      }
  return { spaced, unspaced };
};

const { spaced: SPACED, unspaced: UNSPACED_PHRASES } = bySpacing();

/** Words that may stand around a label without changing what it says. */
const FILLERS = new Set(
  "the a an of this our your here are is s from at in on for to and article story post today report episode der die das des dieses artikels zum im la le les de l cet esta este el los las del dell articolo da do artigo".split(
    " ",
  ),
);

/** The longest label that may be a sentence ("Here are the key takeaways from the episode:"), in words. */
const MOST_WORDS = 16;

/** Whether the text is a label for key points, in any of the languages of LABELS; null when it isn't. */
export function matchLabel(text: string): LabelMatch | null {
  if (text.length > 160 || text.length < 2) return null;
  const whole = matchText(text);
  if (whole?.whole === true || !/[:|–—] /u.test(text)) return whole;
  // "Office chairs: quick facts" is a label with its subject.
  return text
    .split(/[:|–—] /u)
    .map(matchText)
    .reduce((best, part) => (part?.whole === true ? better(best, part) : best), whole);
}

function matchText(text: string): LabelMatch | null {
  const folded = fold(text);
  return UNSPACED.test(text)
    ? matchUnspaced(folded)
    : matchSpaced(folded.split(" "), /[:：]\s*$/u.test(text));
}

function matchSpaced(words: readonly string[], introduces: boolean): LabelMatch | null {
  if (words.length > MOST_WORDS) return null;
  let best: LabelMatch | null = null;
  for (const [at, word] of words.entries())
    for (const phrase of SPACED.get(word) ?? []) {
      if (!phrase.words.every((part, offset) => words[at + offset] === part)) continue;
      best = better(best, judgeSpaced(words, at, phrase, introduces));
    }
  return best;
}

/** One word, or a weak label, must open a longer label; where a colon says that a list follows, it may stand later. */
function judgeSpaced(
  words: readonly string[],
  at: number,
  phrase: Phrase,
  introduces: boolean,
): LabelMatch | null {
  const end = at + phrase.words.length;
  const rest = [...words.slice(0, at), ...words.slice(end)].filter((word) => !FILLERS.has(word));
  const whole = rest.length === 0;
  if (whole || (phrase.strength === "strong" && phrase.words.length > 1))
    return { strength: phrase.strength, whole };
  const before = words.slice(0, at).filter((word) => !FILLERS.has(word)).length;
  const stands = introduces
    ? before <= 2
    : before === 0 || (phrase.strength === "strong" && end === words.length);
  return stands && words.length <= 12 ? { strength: phrase.strength, whole } : null;
}

function matchUnspaced(folded: string): LabelMatch | null {
  let best: LabelMatch | null = null;
  for (const [phrase, strength] of UNSPACED_PHRASES) {
    if (!folded.includes(phrase)) continue;
    const rest = wordCount(folded.replace(phrase, "").normalize("NFC"));
    if (rest > (strength === "strong" ? 12 : 4)) continue;
    best = better(best, { strength, whole: rest <= 1 });
  }
  return best;
}

const rank = (match: LabelMatch | null): number =>
  match === null ? 0 : (match.strength === "strong" ? 3 : 1) + (match.whole ? 1.5 : 0);

const better = (one: LabelMatch | null, other: LabelMatch | null): LabelMatch | null =>
  rank(other) > rank(one) ? other : one;
