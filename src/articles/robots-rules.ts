/** What a robots.txt says to one crawler: `allow` or `disallow`, and the pattern as written. */
export type Rule = { readonly allow: boolean; readonly pattern: string };

/**
 * The rules of every group that names `token`, else of every group for `*` (RFC 9309, 2.2.1), in file order. Lines
 * that are neither `user-agent`, `allow` nor `disallow` end no group (2.2.4). Linear in the length of the text, of
 * which robots-parser alone cannot be sure: it copies each rule to each agent of its group.
 */
export function rulesFor(token: string, text: string): readonly Rule[] {
  const own: Rule[] = [];
  const everyone: Rule[] = [];
  let named = false;
  let group = { own: false, everyone: false, hasRules: false };
  for (const [field, value] of fields(text)) {
    if (field === "user-agent") {
      if (group.hasRules) group = { own: false, everyone: false, hasRules: false };
      group.own ||= productToken(value) === token.toLowerCase();
      group.everyone ||= value === "*";
      named ||= group.own;
    } else if (field === "allow" || field === "disallow") {
      group.hasRules = true;
      const rule = { allow: field === "allow", pattern: value };
      if (group.own) own.push(rule);
      if (group.everyone) everyone.push(rule);
    }
  }
  return (named ? own : everyone).filter(({ pattern }) => pattern !== "");
}

/** The product token at the start of a user agent: letters, `_` and `-`, in lower case (RFC 9309, 2.2.1). */
export const productToken = (agent: string): string => (/^[a-z_-]*/iu.exec(agent)?.[0] ?? "").toLowerCase();

/** Back to a robots.txt of one group, for robots-parser. */
export const asText = (rules: readonly Rule[]): string =>
  ["User-agent: *", ...rules.map(({ allow, pattern }) => `${allow ? "Allow" : "Disallow"}: ${pattern}`)].join(
    "\n",
  );

/**
 * About how many steps robots-parser takes to weigh an address of this length: it fills an array of that length for
 * each rule, and walks it once for each character after a wildcard.
 */
export function stepsToWeigh(rules: readonly Rule[], urlLength: number): number {
  let perCharacter = rules.length;
  for (const { pattern } of rules) if (pattern.includes("*")) perCharacter += pattern.length;
  return perCharacter * urlLength;
}

function* fields(text: string): Generator<readonly [string, string]> {
  for (const line of text.replace(/^\uFEFF/u, "").split(/\r\n|\r|\n/u)) {
    const [content = ""] = line.split("#", 1);
    const colon = content.indexOf(":");
    if (colon > 0) yield [content.slice(0, colon).trim().toLowerCase(), content.slice(colon + 1).trim()];
  }
}
