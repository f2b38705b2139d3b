import { COUNTRIES, type Country } from "./countries.ts";

/** Names that hold a country's name or adjective and mean no country, or another one. */
const NO_COUNTRY = new RegExp(
  String.raw`\b(?:${[
    "(?:American|West) Indians?|Indian (?:Ocean|Wells|summer|Premier League|Super League|Motorcycles?)|Indiana",
    "(?:African|Latin|Native|North|South|Central)[ -]Americans?|(?:Latin|North|South|Central) America",
    "American (?:football|Idol|Express|Airlines|Samoa)|Captain America|Miss America|Bank of America",
    "French (?:Open|Quarter|fries|toast|bulldogs?|windows?|press)|Spanish (?:flu|Steps)|Swiss (?:cheese|Army knife)",
    "English (?:Channel|Premier League)|New (?:England|Mexico)|New South Wales|Prince(?:ss)? of Wales",
    "(?:South|East) China Sea|Sea of Japan|Irish Sea|Persian (?:Gulf|cats?|rugs?)|Gulf of (?:Mexico|Oman|Guinea)",
    "German (?:shepherds?|Shepherds?|measles)|Great Danes?|Danish pastr(?:y|ies)|Panama hats?|Guinea pigs?",
    "Turkish (?:delight|Airlines|baths?)|Greek yog(?:h)?urt|Dutch (?:oven|courage)|Thai boxing|Kenya Airways",
    "(?:Michael|Air) Jordan|Tom Holland|Paris Hilton|Brussels sprouts?|Brit Awards",
  ].join("|")})(?![\p{L}\p{N}])`,
  "gu",
);

/** Names in capitals that are another word without them. */
const ACRONYMS = new Set(["US", "UK", "USA", "UAE", "DRC", "DPRK", "U.S.", "U.K.", "U.S.A."]);

const escaped = (text: string): string => text.replaceAll(".", String.raw`\.`);
const whole = (words: readonly string[]): string =>
  String.raw`(?<![\p{L}\p{N}])(?:${words.map(escaped).join("|")})(?![\p{L}\p{N}])`;

/** What stands before this name in the longer name of another country: "South " before Sudan, "Northern " before Ireland. */
function longerNames(name: string): string {
  const before = COUNTRIES.flatMap((other) => other.names)
    .filter((other) => other.endsWith(` ${name}`))
    .map((other) => other.slice(0, -name.length));
  return before.length === 0 ? "" : `(?<!${before.join("|")})`;
}

type Patterns = { readonly named: RegExp; readonly shouted: RegExp; readonly mentioned: RegExp };

function patternsOf({ names, people, others }: Country): Patterns {
  const named = [...names, ...people].map((word) => `${longerNames(word)}${whole([word])}`);
  const spelled = [...names, ...people].filter((word) => !ACRONYMS.has(word));
  return {
    named: new RegExp(named.join("|"), "u"),
    shouted: new RegExp(whole(spelled), "iu"),
    mentioned: new RegExp(whole([...names, ...people, ...others]), "u"),
  };
}

/**
 * The countries with one of whose words some letters of the title agree. Few do, and only these are worth their
 * patterns: those of all countries take a third of a second.
 */
const hinted = (title: string, isShouted: boolean): readonly Country[] =>
  COUNTRIES.filter(({ names, people }) =>
    [...names, ...people].some((word) => title.includes(isShouted ? word.toUpperCase() : word)),
  );

/**
 * The first country that an English headline names (by name, adjective or people) and the text mentions by none of its
 * names, people, places and persons; null: there is none. A word that may mean something else (Turkey, Jordan, Chad,
 * Polish) counts as mentioned where the text has it at all, in capitals or not.
 */
export function absentCountry(headline: string, text: string): string | null {
  const title = straight(headline).replaceAll(NO_COUNTRY, " ");
  const body = straight(text);
  const isShouted = !/\p{Ll}/u.test(title);
  for (const country of hinted(title, isShouted)) {
    const { named, shouted, mentioned } = patternsOf(country);
    const word = (isShouted ? shouted : named).exec(title)?.[0];
    if (word !== undefined && !mentioned.test(body) && !hasWord(body, word)) return country.name;
  }
  return null;
}

/** Whether the text has a word in any case, be it in the plural; names in capitals are looked for as they are. */
const hasWord = (text: string, word: string): boolean =>
  !ACRONYMS.has(word) &&
  new RegExp(String.raw`(?<![\p{L}\p{N}])${escaped(word)}s?(?![\p{L}\p{N}])`, "iu").test(text);

const straight = (text: string): string => text.replaceAll("’", "'");
