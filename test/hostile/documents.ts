const MANY = 200_000;
const GUID = "<guid>1</guid>";

/** What a hostile document has inside its channel (as a feed) or its body (as a page). */
export const documents: readonly (readonly [name: string, inside: string])[] = [
  ["200,000 nested tags", `${"<a>".repeat(MANY)}${"</a>".repeat(MANY)}`],
  ["200,000 unclosed tags", "<a>".repeat(MANY)],
  ["200,000 nested divs", "<div>".repeat(MANY)],
  ["100,000 table cells", `<table>${"<td>x".repeat(100_000)}`],
  ["200,000 attributes", `<x ${Array.from({ length: MANY }, (_, i) => `a${i}="1"`).join(" ")}/>`],
  ["300,000 items", "<item>t</item>".repeat(300_000)],
  ["5 MB of character references", `<item>${GUID}<title>${"&#65;".repeat(980_000)}</title></item>`],
  ["a title of 5 MB", `<item>${GUID}<title>${"x".repeat(4_900_000)}</title></item>`],
  ["NUL everywhere", `<item>${GUID}<title>a</title></item>`.replaceAll(">", ">\0")],
  ["lone surrogates", `<item>${GUID}<title>&#xD800;&#55296;\uD800</title></item>`],
  [
    "names of the language",
    `<__proto__>a</__proto__><item __proto__="a"><constructor/><title>b</title></item>`,
  ],
  ["a billion laughs", `<item>${GUID}<title>${"&j;".repeat(1000)}&file;</title></item>`],
];

/** What a hostile document is as a JSON Feed. */
export const JSON_DOCUMENTS: readonly (readonly [name: string, body: string])[] = [
  ["JSON 100,000 deep", jsonFeed(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)],
  ["JSON 100,000 deep and broken off", jsonFeed("[".repeat(100_000))],
  ["JSON with 300,000 items", jsonFeed(`[${Array(300_000).fill('{"id":"1"}').join(",")}]`)],
  [
    "JSON with 5 MB of names",
    jsonFeed(`[{${Array.from({ length: 350_000 }, (_, i) => `"n${i}":1`).join(",")}}]`),
  ],
];

function jsonFeed(items: string): string {
  return `{"version":"https://jsonfeed.org/version/1.1","title":"a","items":${items}}`;
}

/** Declared before the root: entities that grow when they are expanded, and one that names a file. */
export const DOCTYPE = `<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">${Array.from("bcdefghij", (name, i) => {
  const inner = `&${"abcdefghi".charAt(i)};`;
  return `<!ENTITY ${name} "${inner.repeat(10)}">`;
}).join("")}<!ENTITY file SYSTEM "file:///etc/passwd">]>`;
