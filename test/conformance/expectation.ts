/**
 * The expectations of feedparser's test files are expressions of Python: `not bozo and entries[0]['title'] == 'x'`.
 * This reads the part of the language they use: names, paths, calls, texts, numbers, lists, dictionaries, comparisons
 * and the words that join them.
 */
export type Expression =
  | { readonly kind: "literal"; readonly value: Literal }
  | { readonly kind: "path"; readonly steps: readonly (string | number)[] }
  | { readonly kind: "call"; readonly name: string; readonly of: Expression }
  | {
      readonly kind: "compare";
      readonly operator: "==" | "!=";
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "not"; readonly of: Expression }
  | { readonly kind: "and" | "or"; readonly parts: readonly Expression[] };

export type Literal =
  string | number | boolean | null | readonly Literal[] | { readonly [key: string]: Literal };

const TOKEN =
  /\s*(?:([ubr]*)('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|[()[\]{},:.+]))/uy;
const ESCAPE = /\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|x([0-9a-f]{2})|(.))/gisu;
const PLAIN_ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\n": "" };

type Token =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "name" | "sign"; readonly value: string };

function unescaped(text: string): string {
  return text.replaceAll(ESCAPE, (_, u?: string, long?: string, x?: string, plain?: string) => {
    const code = u ?? long ?? x;
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
    return PLAIN_ESCAPES[plain ?? ""] ?? plain ?? "";
  });
}

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  const text = source.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`not understood: ${text.slice(at, at + 40)}`);
    const [, prefix = "", quoted, number, name, sign] = match;
    if (quoted !== undefined) {
      const inside = quoted.slice(1, -1);
      tokens.push({ kind: "text", value: prefix.includes("r") ? inside : unescaped(inside) });
    } else if (number !== undefined) tokens.push({ kind: "number", value: Number(number) });
    else if (name !== undefined) tokens.push({ kind: "name", value: name });
    else tokens.push({ kind: "sign", value: sign ?? "" });
  }
  return tokens;
}

const CONSTANTS: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ["None", null],
  ["True", true],
  ["False", false],
]);

/** Reads an expression; throws for what is none. */
export function readExpression(source: string): Expression {
  const tokens = tokensOf(source);
  let at = 0;
  const is = (value: string): boolean => tokens[at]?.kind !== "text" && tokens[at]?.value === value;
  const take = (value: string): boolean => is(value) && ++at > 0;
  const expect = (value: string): void => {
    if (!take(value)) throw new Error(`expected ${value} at token ${at} of ${source}`);
  };

  function joined(word: "and" | "or", part: () => Expression): Expression {
    const parts = [part()];
    while (take(word)) parts.push(part());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: word, parts };
  }
  const any = (): Expression => joined("or", () => joined("and", negation));

  function negation(): Expression {
    return take("not") ? { kind: "not", of: negation() } : comparison();
  }

  /** `a == b == c` is `a == c and b == c`: each field against the value at the end. */
  function comparison(): Expression {
    const sides = [sum()];
    let operator: "==" | "!=" = "==";
    for (;;) {
      if (take("==") || take("is")) operator = take("not") ? "!=" : "==";
      else if (take("!=")) operator = "!=";
      else break;
      sides.push(sum());
    }
    const [left, ...others] = sides;
    const right = others.pop();
    if (left === undefined || right === undefined) return left ?? literal(null);
    const parts = [left, ...others].map((side): Expression => ({
      kind: "compare",
      operator,
      left: side,
      right,
    }));
    return parts.length === 1 && parts[0] ? parts[0] : { kind: "and", parts };
  }

  function sum(): Expression {
    let left = value();
    while (take("+")) {
      const right = value();
      left = literal(textIn(left) + textIn(right));
    }
    return left;
  }

  function value(): Expression {
    const token = tokens[at];
    if (token === undefined) throw new Error(`ends early: ${source}`);
    if (token.kind === "text" || token.kind === "number") {
      at++;
      return literal(token.value);
    }
    if (take("(")) return inParentheses();
    if (take("[")) return literal(items("]"));
    if (take("{")) return literal(dictionary());
    if (token.kind !== "name") throw new Error(`unexpected ${token.value} in ${source}`);
    at++;
    const constant = CONSTANTS.get(token.value);
    return constant === undefined ? path(token.value) : literal(constant);
  }

  function inParentheses(): Expression {
    const first = any();
    if (!is(",")) {
      expect(")");
      return first;
    }
    expect(",");
    return literal([literalOf(first), ...items(")")]);
  }

  function items(end: string): readonly Literal[] {
    const found: Literal[] = [];
    while (!take(end)) {
      found.push(literalOf(any()));
      if (!is(end)) expect(",");
    }
    return found;
  }

  function dictionary(): { readonly [key: string]: Literal } {
    const found: Record<string, Literal> = {};
    while (!take("}")) {
      const key = textIn(value());
      expect(":");
      found[key] = literalOf(any());
      if (!is("}")) expect(",");
    }
    return found;
  }

  function path(root: string): Expression {
    const steps: (string | number)[] = [root];
    for (;;) {
      if (take(".")) steps.push(String(tokens[at++]?.value));
      else if (take("[")) {
        steps.push(textIn(value()));
        expect("]");
      } else if (take("(")) {
        const of = is(")") ? literal(null) : any();
        while (!take(")")) at++;
        return { kind: "call", name: steps.join("."), of };
      } else
        return {
          kind: "path",
          steps: steps.map((step) => (/^\d+$/u.test(String(step)) ? Number(step) : step)),
        };
    }
  }

  const whole = any();
  if (at < tokens.length) throw new Error(`left over: ${String(tokens[at]?.value)} in ${source}`);
  return whole;
}

const literal = (value: Literal): Expression => ({ kind: "literal", value });

/** A text, or a number written as one. */
function textIn(expression: Expression): string {
  const value = literalOf(expression);
  if (typeof value !== "string" && typeof value !== "number") throw new Error("a text was expected");
  return String(value);
}

function literalOf(expression: Expression): Literal {
  if (expression.kind !== "literal") throw new Error("a value was expected");
  return expression.value;
}
