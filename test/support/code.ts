import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { parseAst } from "vitest/node";

export type CodeImport = {
  /** A file of ours, from the root of the code ("store/open.ts"), or a package ("kysely", "node:fs"). */
  readonly of: string;
  readonly ours: boolean;
  readonly typeOnly: boolean;
};

/** What a file is made of, as far as the rules of the house care. */
export type CodeFile = {
  /** From the root of the code, with "/": "destinations/discord/send.ts". */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly CodeImport[];
  /** Dotted globals and bare constructs: "Date.now", "new Date()", "process.env", "setTimeout", "enum". */
  readonly uses: ReadonlySet<string>;
  /** Nothing but names passed on from other files. */
  readonly barrel: boolean;
};

/** Every TypeScript file below a folder, parsed. */
export function readCode(root: string): readonly CodeFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => readFile(root, relative(root, file).replaceAll("\\", "/")));
}

function readFile(root: string, path: string): CodeFile {
  const text = readFileSync(join(root, path), "utf8");
  const program = parseAst(text, { lang: "ts" }, path) as unknown as Node;
  const imports: CodeImport[] = [];
  const uses = new Set<string>();
  for (const node of nodesOf(program)) {
    const source = importOf(node);
    if (source !== null) imports.push(resolve(path, source));
    for (const use of usesOf(node)) uses.add(use);
  }
  return { path, lines: text.trimEnd().split("\n").length, imports, uses, barrel: isBarrel(path, program) };
}

type Node = { readonly type: string; readonly [key: string]: unknown };

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value])
      if (isNode(child)) yield* nodesOf(child);
}

const named = (value: unknown): string | null =>
  isNode(value) && value.type === "Identifier" ? String(value["name"]) : null;

const literal = (value: unknown): string | null =>
  isNode(value) && typeof value["value"] === "string" ? value["value"] : null;

type Source = { readonly specifier: string; readonly typeOnly: boolean };

/** What a node brings in: static and dynamic imports, passed-on exports, import types, and `new URL("./x.ts", ...)`. */
function importOf(node: Node): Source | null {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration": {
      const specifier = literal(node["source"]);
      const typeOnly = (node["importKind"] ?? node["exportKind"]) === "type" || onlyTypes(node["specifiers"]);
      return specifier === null ? null : { specifier, typeOnly };
    }
    case "ImportExpression":
      return { specifier: literal(node["source"]) ?? "(a computed address)", typeOnly: false };
    case "TSImportType":
      return { specifier: literal(node["source"]) ?? "(a computed address)", typeOnly: true };
    case "NewExpression": {
      const specifier = literal((node["arguments"] as unknown[])[0]);
      const isCode = named(node["callee"]) === "URL" && /^\.{1,2}\/.*\.ts$/u.test(specifier ?? "");
      return specifier === null || !isCode ? null : { specifier, typeOnly: false };
    }
    default:
      return null;
  }
}

function onlyTypes(specifiers: unknown): boolean {
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return (specifiers as Node[]).every((one) => (one["importKind"] ?? one["exportKind"]) === "type");
}

function resolve(from: string, { specifier, typeOnly }: Source): CodeImport {
  if (specifier.startsWith("."))
    return { of: join(dirname(from), specifier).replaceAll("\\", "/"), ours: true, typeOnly };
  const depth = specifier.startsWith("@") ? 2 : 1;
  const name = specifier.startsWith("node:") ? specifier : specifier.split("/").slice(0, depth).join("/");
  return { of: name, ours: false, typeOnly };
}

function* usesOf(node: Node): Generator<string> {
  const global = named(node["object"]);
  switch (node.type) {
    case "MemberExpression":
      if (global !== null && named(node["property"]) !== null) yield `${global}.${named(node["property"])}`;
      if (global !== null) yield global;
      break;
    case "VariableDeclarator":
      // `const { env } = process` is `process.env` as well.
      if (named(node["init"]) !== null && isNode(node["id"]) && node["id"].type === "ObjectPattern") {
        yield String(named(node["init"]));
        for (const property of node["id"]["properties"] as Node[])
          yield `${named(node["init"])}.${named(property["key"])}`;
      }
      break;
    case "CallExpression":
      if (named(node["callee"]) !== null) yield `${named(node["callee"])}()`;
      break;
    case "NewExpression":
      if (named(node["callee"]) === "Date" && (node["arguments"] as unknown[]).length === 0)
        yield "new Date()";
      break;
    case "TSEnumDeclaration":
      yield "enum";
      break;
    case "TSModuleDeclaration":
      yield "namespace";
      break;
  }
}

function isBarrel(path: string, program: Node): boolean {
  const statements = program["body"] as Node[];
  const passes = (node: Node) =>
    node.type === "ExportAllDeclaration" ||
    (node.type === "ExportNamedDeclaration" && isNode(node["source"]));
  const named = /^(?:index|mod)\.ts$/u.test(basename(path));
  return (
    named || (statements.some(passes) && statements.every((one) => passes(one) || importOf(one) !== null))
  );
}
