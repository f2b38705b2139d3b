import { isScalar, visit, type Document, type ErrorCode, type YAMLError } from "yaml";

export type Explained = { readonly what: string; readonly mend: string | null };

/** Errors after which the document still says what its keys are. */
export const isHarmlessToReadOn = (error: YAMLError): boolean => error.code === "DUPLICATE_KEY";

/** The parser gave up on the nesting. */
export const isTooDeep = (error: YAMLError): boolean => error.code === "RESOURCE_EXHAUSTION";

/** Why a file that may be good YAML is not read at all. */
export const UNUSABLE = {
  tooLong: { what: "the file is larger than 1 MB", mend: "Split it." },
  tooLarge: {
    what: "the file is nested too deeply, or its aliases grow too large",
    mend: "Write it out plainly.",
  },
  badAlias: {
    what: "* names an anchor that does not exist",
    mend: "Put the value in quotes if * is part of it.",
  },
  noBlock: { what: "this is no block of keys", mend: 'Write "key: value" lines, such as "timezone: UTC".' },
} as const satisfies Record<string, Explained>;

const WORDS: { readonly [code in ErrorCode]?: Explained } = {
  TAB_AS_INDENT: {
    what: "a tab indents this line",
    mend: "YAML indents with spaces: replace the tab by spaces.",
  },
  BLOCK_AS_IMPLICIT_KEY: {
    what: "there is a second colon on this line",
    mend: "Put the value in quotes, or the inner key on its own line.",
  },
  MULTILINE_IMPLICIT_KEY: {
    what: "this line is no key with a value",
    mend: 'Write "key: value", with a space after the colon.',
  },
  BAD_INDENT: {
    what: "the indentation does not fit the lines above",
    mend: "Keys of one block begin in the same column; a list that [ opens ends with ].",
  },
  UNEXPECTED_TOKEN: {
    what: "this does not belong here",
    mend: "Look for a quote or a bracket that is left open.",
  },
  TAG_RESOLVE_FAILED: { what: "tags such as !name mean nothing here", mend: "Put the value in quotes." },
  MULTIPLE_DOCS: {
    what: "a second document begins here",
    mend: 'Remove the "---", or make it a file of its own.',
  },
  NON_STRING_KEY: { what: "a key must be plain text", mend: null },
};

/** The parser's error in an admin's words. `lineOf` turns an offset into a line. */
export function explainYamlError(
  error: YAMLError,
  text: string,
  document: Document.Parsed,
  lineOf: (offset: number) => number,
): Explained {
  const at = error.pos[0];
  if (error.code === "DUPLICATE_KEY") {
    const [key, first] = earlierKey(document, at);
    return { what: `"${key}" is written twice`, mend: `The first is on line ${lineOf(first)}: keep one.` };
  }
  if (error.code === "BAD_SCALAR_START")
    return { what: `a value cannot begin with "${text.charAt(at)}"`, mend: "Put the value in quotes." };
  if (error.code === "MISSING_CHAR") return missingCharacter(error.message);
  return WORDS[error.code] ?? { what: `YAML: ${error.message.replaceAll(/\s+/gu, " ")}`, mend: null };
}

function missingCharacter(message: string): Explained {
  if (message.includes("quote"))
    return { what: "a quote is left open", mend: "Close it on the line where it begins." };
  return message.includes("- indicator")
    ? { what: "this line belongs to no item of the list above", mend: "Indent it like its neighbours." }
    : { what: `YAML: ${message}`, mend: null };
}

/** The name of the key at an offset and the offset of its first appearance in the same block. */
function earlierKey(document: Document.Parsed, offset: number): readonly [string, number] {
  let answer: readonly [string, number] = ["a key", offset];
  visit(document, {
    Map(_, map) {
      const keys = map.items.map(({ key }) => key).filter((key) => isScalar(key));
      const again = keys.find((key) => key.range?.[0] === offset);
      if (again === undefined) return undefined;
      const first = keys.find((key) => key.value === again.value);
      answer = [String(again.value), first?.range?.[0] ?? offset];
      return visit.BREAK;
    },
  });
  return answer;
}
