import type {
  ConfigProblem,
  SubscriptionConfig,
  Template,
  TemplateField,
  TemplatePart,
} from "../domain/types.ts";
import { problemAt, type Place } from "./place.ts";
import { type Reading, read, wrong } from "./reading.ts";
import { didYouMean } from "./suggest.ts";

const FIELDS: readonly TemplateField[] = ["title", "lead", "points", "link", "tags"];
const LONGEST = 2000;
const KNOWN = `Known: ${FIELDS.map((field) => `{${field}}`).join(", ")}.`;
const BRACES = "Write {{ or }} for a brace that is meant as such.";

/** `{{`, `}}`, a placeholder, a brace that is neither, or text up to the next brace. */
const TOKEN = /\{\{|\}\}|\{([^{}\n]*)\}|[{}]|[^{}]+/gu;

/** What no post may bear: control characters (but the ends of lines), halves of characters, reversals of the text. */
const FORBIDDEN = /[\p{Cs}\u202a-\u202e\u2066-\u2069\u2028\u2029]|(?!\n)\p{Cc}/u;

/**
 * An admin's own shape of a post: text with the placeholders `{title}`, `{lead}`, `{points}`, `{link}` and `{tags}`,
 * each with fall-backs behind `|`: other placeholders, and a text in quotes at the end (`{points|lead|"No details."}`).
 * Nothing else is understood: there is nothing in it to run. A mistake comes with its offset in the text.
 */
export function readTemplate(written: string | number): Reading<Template> {
  const text = String(written).trimEnd();
  if (text.length > LONGEST)
    return wrong(`the template has more than ${LONGEST} characters`, "Make it shorter.");
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden !== null)
    return {
      ...wrong("a character in the template that cannot be shown", "Remove it."),
      at: forbidden.index,
    };
  const lines: (readonly TemplatePart[])[] = [];
  const shown = new Set<TemplateField>();
  let offset = 0;
  for (const line of text.split("\n")) {
    const parts = readLine(line, offset, shown);
    if (parts.kind === "wrong") return parts;
    lines.push(parts.value);
    offset += line.length + 1;
  }
  return shown.size > 0
    ? read(lines)
    : wrong("the template has no placeholder: every post would say the same", KNOWN);
}

/** One line, which begins at `start`; `shown` holds the fields that stand in the template so far, and grows. */
function readLine(line: string, start: number, shown: Set<TemplateField>): Reading<readonly TemplatePart[]> {
  const parts: TemplatePart[] = [];
  for (const { 0: token, 1: placeholder, index } of line.matchAll(TOKEN)) {
    const part = readToken(token, placeholder);
    const trouble = part.kind === "wrong" ? part : troubleOf(part.value, parts.at(-1), shown);
    if (trouble !== null) return { ...trouble, at: start + index };
    if (part.kind === "wrong") continue;
    parts.push(part.value);
    if (part.value.kind === "field") part.value.fields.slice(0, 1).forEach((field) => shown.add(field));
  }
  const others = parts.filter((part) => part.kind === "field" || part.text.trim() !== "");
  return others.length > 1 && others.some((part) => part.kind === "field" && part.fields.includes("points"))
    ? {
        ...wrong("{points} is a list and needs a line of its own", "Put the rest on other lines."),
        at: start + line.indexOf("{"),
      }
    : read(parts);
}

function readToken(token: string, placeholder: string | undefined): Reading<TemplatePart> {
  if (placeholder !== undefined) return readPlaceholder(placeholder);
  if (token === "{" || token === "}") return wrong(`a "${token}" without its partner`, BRACES);
  return read({ kind: "text", text: token === "{{" || token === "}}" ? token.slice(1) : token });
}

/** A placeholder: names, and perhaps a text in quotes, divided by `|`. */
const PLACEHOLDER = /^(?<names>[^"']*?)(?:\|\s*(?<quote>["'])(?<otherwise>.*)\k<quote>\s*)?$/u;

function readPlaceholder(written: string): Reading<TemplatePart> {
  const found = PLACEHOLDER.exec(written)?.groups;
  if (found === undefined)
    return wrong(
      `"{${written}}" is no placeholder`,
      'Write names, and at most one text in quotes after them: {points|lead|"No details."}.',
    );
  const names = (found["names"] ?? "").split("|").map((name) => name.trim());
  const fields = names.flatMap((name) => FIELDS.filter((field) => field === name));
  const unknown = names.find((name) => !FIELDS.some((field) => field === name));
  if (unknown !== undefined)
    return wrong(`unknown placeholder "{${unknown}}"`, didYouMean(unknown, FIELDS) ?? `${KNOWN} ${BRACES}`);
  return read({ kind: "field", fields, otherwise: found["otherwise"] ?? "" });
}

/**
 * What is wrong with a part where it stands. Nothing foreign may stand right behind something foreign, or behind a
 * backslash: together they could be what neither is alone (a link, live markdown).
 */
function troubleOf(
  part: TemplatePart,
  before: TemplatePart | undefined,
  shown: ReadonlySet<TemplateField>,
): ReturnType<typeof wrong> | null {
  if (part.kind === "text") return null;
  const again = part.fields.slice(0, 1).find((field) => shown.has(field));
  if (again !== undefined) return wrong(`{${again}} stands in the template twice`, "Keep one of the two.");
  if (before?.kind === "field")
    return wrong("two placeholders with nothing between them", "Put a space or a line break there.");
  return before?.text.endsWith("\\") === true
    ? wrong("a backslash right before a placeholder", "Remove it: what comes from feeds is escaped.")
    : null;
}

/** How much of a post a template's own words may take: about half of what the platform allows. */
const OWN_WORDS = { discord: 1000, bluesky: 150 } as const;

/** What is wrong with a template where it is used: on this platform, in this style. */
export function templateProblems(
  { template, style }: Pick<SubscriptionConfig, "template" | "style">,
  look: "discord" | "bluesky",
  place: Place,
): readonly ConfigProblem[] {
  if (template === null) return [];
  const most = OWN_WORDS[look];
  const tooLong = `the template's own words take more than ${most} characters`;
  const noLink = "a plain post of this template may have no link";
  return [
    ...(ownLength(template) > most ? [problemAt(place, tooLong, "The article needs the room.")] : []),
    ...(style === "plain" && !alwaysShows(template, "link")
      ? [problemAt(place, noLink, "Add {link}, or take style: card.")]
      : []),
  ];
}

const alwaysShows = (template: Template, wanted: TemplateField): boolean =>
  template.some((line) => line.some((part) => part.kind === "field" && part.fields[0] === wanted));

/** How many characters of a post may be the template's own. */
const ownLength = (template: Template): number =>
  template
    .map((line) => line.map((part) => (part.kind === "text" ? part.text : part.otherwise)).join(""))
    .join("\n").length;
