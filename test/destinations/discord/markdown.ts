/** What a reader of Discord sees of a text: the characters, and everything in it that is more than characters. */
export type Shown = { readonly text: string; readonly live: readonly string[] };

type Rule = {
  readonly name: string;
  readonly pattern: RegExp;
  readonly atLineStart?: boolean;
  readonly shows: (match: RegExpExecArray) => string;
};

const inside = (match: RegExpExecArray): string => match[1] ?? "";

/** A small model of Discord's markdown: the first rule that matches at a position wins; escapes come first. */
const RULES: readonly Rule[] = [
  { name: "heading", atLineStart: true, pattern: /^ *#{1,3} +([^\n]+)/, shows: inside },
  { name: "small print", atLineStart: true, pattern: /^ *-# +([^\n]+)/, shows: inside },
  { name: "quote", atLineStart: true, pattern: /^ *>(?:>>)? ([^\n]*)/, shows: inside },
  { name: "list", atLineStart: true, pattern: /^ *(?:[-*+]|\d+[.)]) +([^\n]+)/, shows: inside },
  { name: "link", pattern: /^(?:https?|steam|discord):\/\/[^\s<]+/, shows: ([all]) => all },
  { name: "invite", pattern: /^discord(?:\.gg|\.new|(?:app)?\.com\/invite)\/[\w-]+/i, shows: ([all]) => all },
  { name: "masked link", pattern: /^\[([^\]]+)\]\(\s*<?[^\s)]+>?[^)]*\)/, shows: inside },
  { name: "mention", pattern: /^<(?:@[!&]?|#)\d+>/, shows: () => "" },
  { name: "everyone", pattern: /^@(?:everyone|here)/, shows: ([all]) => all },
  { name: "command", pattern: /^<\/[^>]+:\d+>/, shows: () => "" },
  { name: "timestamp", pattern: /^<t:-?\d+(?::[a-zA-Z])?>/, shows: () => "" },
  { name: "custom emoji", pattern: /^<a?:\w+:\d+>/, shows: () => "" },
  { name: "guild navigation", pattern: /^<id:\w+>/, shows: () => "" },
  { name: "emoji", pattern: /^:[^\s:]+:/, shows: () => "" },
  { name: "angle link", pattern: /^<([^: >]+:\/?[^ >]+)>/, shows: inside },
  { name: "code block", pattern: /^```([\s\S]*?)```/, shows: inside },
  { name: "code", pattern: /^(`+)[\s\S]*?[^`]\1(?!`)/, shows: () => "" },
  { name: "spoiler", pattern: /^\|\|([\s\S]+?)\|\|/, shows: inside },
  { name: "bold", pattern: /^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, shows: inside },
  { name: "underline", pattern: /^__((?:\\[\s\S]|[^\\])+?)__(?!_)/, shows: inside },
  { name: "strike", pattern: /^~~([\s\S]+?)~~/, shows: inside },
  { name: "italics", pattern: /^([*_])(?:\\[\s\S]|[^\\])+?\1/, shows: () => "" },
];
const ESCAPE = /^\\([^0-9A-Za-z\s])/;
const SHRUG = /^¯\\_\(ツ\)_\/¯/;

/** Draws markdown as Discord would. */
export function showMarkdown(source: string): Shown {
  const live: string[] = [];
  let text = "";
  let rest = source;
  while (rest !== "") {
    const atLineStart = /(^|\n)$/.test(source.slice(0, source.length - rest.length));
    const plain = SHRUG.exec(rest) ?? ESCAPE.exec(rest);
    const rule =
      plain === null
        ? RULES.find((one) => (one.atLineStart !== true || atLineStart) && one.pattern.test(rest))
        : undefined;
    const match = plain ?? rule?.pattern.exec(rest) ?? null;
    if (rule !== undefined && match !== null) {
      live.push(rule.name);
      text += rule.shows(match);
    } else text += plain === null ? rest.charAt(0) : (plain[1] ?? plain[0]);
    rest = rest.slice(match?.[0].length ?? 1);
  }
  return { text, live };
}
