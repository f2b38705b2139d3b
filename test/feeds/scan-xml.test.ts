import { array, assert, constantFrom, property } from "fast-check";
import { Tokenizer } from "htmlparser2";
import { expect, test } from "vitest";
import { scanXml } from "../../src/feeds/scan-xml.ts";

type Event = readonly string[];

const ATTRIBUTES = (attributes: ReadonlyMap<string, string>): string => JSON.stringify([...attributes]);

function scanned(source: string): readonly Event[] {
  const events: Event[] = [];
  scanXml(
    source,
    {
      open: (name, attributes, start) => events.push(["open", name, ATTRIBUTES(attributes), String(start)]),
      close: (name, end) => events.push(["close", name, String(end)]),
      text: (text, literal) => events.push([literal ? "cdata" : "text", text]),
    },
    () => false,
  );
  return events;
}

/** What htmlparser2's tokenizer tells of it in its XML mode. */
function tokenized(source: string): readonly Event[] {
  const events: Event[] = [];
  let name = "";
  let attributes = new Map<string, string>();
  let attribute = "";
  let value = "";
  const slice = (start: number, end: number) => source.slice(start, end);
  const ignore = (): void => {};
  const opened = (end: number) => events.push(["open", name, ATTRIBUTES(attributes), String(end + 1)]);
  const tokenizer = new Tokenizer(
    { xmlMode: true, decodeEntities: false },
    {
      onopentagname: (start, end) => {
        name = slice(start, end).toLowerCase();
        attributes = new Map();
      },
      onattribname: (start, end) => {
        attribute = slice(start, end).toLowerCase();
        value = "";
      },
      onattribdata: (start, end) => void (value += slice(start, end)),
      onattribend: () => void (attributes.has(attribute) || attributes.set(attribute, value)),
      onopentagend: opened,
      onselfclosingtag: (end) => {
        opened(end);
        events.push(["close", name, String(end + 1)]);
      },
      onclosetag: (start, end) =>
        events.push(["close", slice(start, end).toLowerCase(), String(source.lastIndexOf("</", start - 1))]),
      ontext: (start, end) => events.push(["text", slice(start, end)]),
      oncdata: (start, end, offset) => events.push(["cdata", slice(start, end - offset)]),
      onattribentity: ignore,
      ontextentity: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onprocessinginstruction: ignore,
      onend: ignore,
    },
  );
  tokenizer.write(source);
  tokenizer.end();
  return events;
}

/** Neighbouring texts count as one, and what an unfinished end leaves behind tells nothing. */
function comparable(events: readonly Event[]): readonly Event[] {
  const joined: Event[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (event[0] === "text" && last?.[0] === "text")
      joined[joined.length - 1] = ["text", `${last[1] ?? ""}${event[1] ?? ""}`];
    else joined.push(event);
  }
  const end = joined.findLastIndex(([kind]) => kind === "open" || kind === "close");
  return joined.slice(0, end + 1).filter(([, text]) => text !== "");
}

const PIECES = [
  ..."<>/!?-[]='\" \n\tab:é".split(""),
  ..."<a><b >|</a>|</ b>|</>|<a/>|<a / >|<a b=c>|<a b='<'>|<a b=\"&\" B=2>|<a b c>|<a =b>|<a b=>|<a b=/>".split(
    "|",
  ),
  ..."<!--|-->|--!>|<!-- > -->|<![CDATA[|]]>|]]]>|<!DOCTYPE a [ <!ENTITY b 'c'> ]>|<?xml a?>|<?|?>|<!->|<!>".split(
    "|",
  ),
];

test("any mixture of markup is told as htmlparser2 tells it in its XML mode", () => {
  const source = array(constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(""));
  assert(
    property(source, (text) => {
      expect(comparable(scanned(text))).toEqual(comparable(tokenized(text)));
    }),
    { numRuns: 2_000 },
  );
});

test("references in texts and values are decoded once, those in CDATA are not there", () => {
  expect(scanned("<a b='&amp;lt;'>&amp;lt;<![CDATA[&amp;]]></a>")).toEqual([
    ["open", "a", '[["b","&lt;"]]', "16"],
    ["text", "&lt;"],
    ["cdata", "&amp;"],
    ["close", "a", "41"],
  ]);
});

test("the reading ends when it is told to, after the tag at hand", () => {
  const names: string[] = [];
  scanXml("<a><b/><c>", { open: (name) => names.push(name), close: (name) => names.push(`/${name}`) }, () =>
    names.includes("b"),
  );
  expect(names).toEqual(["a", "b", "/b"]);
});
