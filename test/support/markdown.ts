/** A table, and the line of text above it. */
export type Table = { readonly intro: string; readonly rows: readonly (readonly string[])[] };

export type CodeBlock = { readonly language: string; readonly code: string };

/** What stands between one heading and the next. */
export type Section = {
  readonly heading: string;
  readonly body: string;
  readonly tables: readonly Table[];
  readonly blocks: readonly CodeBlock[];
};

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gmu;

/** Stands in for a code block while the rest is read ("object replacement character"). */
const FENCED = "\uFFFC";

/** A Markdown document by its headings, which are of one line and begin with `#`. */
export function readDocument(text: string): readonly Section[] {
  const fences: CodeBlock[] = [];
  // A `#` in code is no heading, and a `|` no table.
  const bare = text.replaceAll(FENCE, (_, language: string, code: string) => {
    fences.push({ language, code });
    return `${FENCED}${fences.length - 1}\n`;
  });
  return bare.split(/^(?=#{1,6} )/gmu).map((part) => {
    const [first = "", ...lines] = part.split("\n");
    const body = lines.join("\n");
    const blocks = [...body.matchAll(/^\uFFFC(\d+)$/gmu)].flatMap(([, at]) => fences[Number(at)] ?? []);
    return { heading: first.replace(/^#+ /u, "").trim(), body, tables: tablesIn(lines), blocks };
  });
}

function tablesIn(lines: readonly string[]): readonly Table[] {
  const tables: { intro: string; rows: (readonly string[])[] }[] = [];
  let intro = "";
  let inside = false;
  for (const line of lines) {
    const isRow = line.startsWith("|");
    if (isRow && !inside) tables.push({ intro, rows: [] });
    if (isRow) tables.at(-1)?.rows.push(cellsOf(line));
    else if (line.trim() !== "") intro = line;
    inside = isRow;
  }
  // Its first row names the columns, its second rules them off.
  return tables.map((table) => ({ intro: table.intro, rows: table.rows.slice(2) }));
}

const cellsOf = (line: string): readonly string[] =>
  line
    .split(/(?<!\\)\|/u)
    .slice(1, -1)
    .map((cell) => cell.replaceAll(String.raw`\|`, "|").trim());

/** The rows of all tables of a section. */
export const rowsOf = ({ tables }: Section): readonly (readonly string[])[] =>
  tables.flatMap(({ rows }) => rows);

/** The texts of the code spans in a line, or in a whole document. */
export const codeIn = (text: string): readonly string[] =>
  [...text.replaceAll(FENCE, "").matchAll(/`([^`\n]+)`/gu)].map(([, code = ""]) => code);

/** Where the links and pictures of a document lead. */
export const linksIn = (text: string): readonly string[] =>
  [...text.replaceAll(FENCE, "").matchAll(/\]\(([^)\s]+)\)/gu)].map(([, target = ""]) => target);

/** The addresses of a document's headings within it, as GitHub makes them. */
export const headingsOf = (text: string): readonly string[] =>
  readDocument(text).map(
    ({ heading }) =>
      `#${heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s-]/gu, "")
        .replaceAll(" ", "-")}`,
  );
