import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { extractKeyPoints } from "../../src/articles/key-points.ts";
import { LABELS } from "../../src/articles/key-points/labels.ts";
import { matchLabel } from "../../src/articles/key-points/match-label.ts";

const SEED = new URL("../../../shared/seed/", import.meta.url);

const SENTENCES = [
  "The harbour council of Velden voted on Tuesday evening to rebuild the old ferry pier before winter sets in.",
  "Engineers measured the wooden piles in spring and found that two thirds of them had rotted below the water line.",
  "The ferry to the islands will leave from the northern quay until the new pier opens in March of next year.",
  "Island shops fear that fewer visitors will come, and the council promised a free shuttle bus from the station.",
  "The work costs four million crowns, half of which the region pays from its fund for public transport.",
];
const TEXT = SENTENCES.map((sentence) => `<p>${sentence}</p>`).join("\n");
const POINTS = [
  "Velden rebuilds its ferry pier before winter.",
  "Ferries leave from the northern quay until March.",
  "The work costs four million crowns.",
];
const list = (points: readonly string[]): string =>
  `<ul>${points.map((point) => `<li>${point}</li>`).join("")}</ul>`;

const page = (body: string, around: { before?: string; after?: string; head?: string } = {}): string =>
  `<!doctype html><html><head><title>Velden rebuilds its ferry pier - The Quay</title>${around.head ?? ""}</head><body>
  <nav><ul><li><a href="/">Home</a></li><li><a href="/news">News from the harbour today</a></li></ul></nav>
  ${around.before ?? ""}<main><article><h1>Velden rebuilds its ferry pier</h1>${body}</article></main>${around.after ?? ""}
  <footer><ul><li>Imprint of the quay</li><li>Privacy and all that</li></ul></footer></body></html>`;

/** What most newsrooms say of their pages. */
const ARTICLE = { head: `<meta property="og:type" content="article">` };

const pointsOf = (html: string, fragment = false): readonly string[] =>
  extractKeyPoints(html, { url: "https://quay.test/pier", language: null, fragment }).keyPoints.points;
const originOf = (html: string): string | null =>
  extractKeyPoints(html, { url: null, language: null }).keyPoints.origin;

// ------------------------------------------------------------------ found

test("a box under a label is found, wherever it stands", () => {
  const box = `<div class="box"><h2>Key points</h2>${list(POINTS)}</div>`;
  expect(pointsOf(page(box + TEXT))).toEqual(POINTS);
  expect(pointsOf(page(TEXT + box))).toEqual(POINTS);
  expect(originOf(page(box + TEXT))).toBe("box");
});

test("a list before the first paragraph needs no label", () => {
  expect(pointsOf(page(list(POINTS) + TEXT))).toEqual(POINTS);
  expect(originOf(page(list(POINTS) + TEXT))).toBe("lead list");
});

test.each(["•", "-", "*", "–"])("lines that open with %s are points", (glyph) => {
  const lines = POINTS.map((point) => `${glyph} ${point}`);
  const label = "<p><strong>In a nutshell</strong></p>";
  expect(pointsOf(page(`${label}<p>${lines.join("<br>")}</p>${TEXT}`))).toEqual(POINTS);
  expect(pointsOf(page(`${label}${lines.map((line) => `<p>${line}</p>`).join("")}${TEXT}`))).toEqual(POINTS);
});

test("numbered lines under their label are points without their numbers", () => {
  const lines = POINTS.map((point, at) => `${at + 1}. ${point}`).join("<br/>");
  const html = page(`<p>What to know:<br>${lines}</p>${TEXT}`);
  expect(pointsOf(html)).toEqual(POINTS);
  expect(originOf(html)).toBe("text bullets");
});

test("plain bullets before the text need no label", () => {
  expect(pointsOf(page(`<p>${POINTS.map((point) => `• ${point}`).join("<br>")}</p>${TEXT}`))).toEqual(POINTS);
});

test("points need not be ul and li", () => {
  const rows = POINTS.map((point) => `<div class="row"><span>${point}</span></div>`).join("");
  const box = `<div class="panel"><h3>Key takeaways</h3><p>Three things:</p><div>${rows}</div></div>`;
  expect(pointsOf(page(TEXT + box))).toEqual(POINTS);
});

test("points in aside and details are found, and points said twice are said once", () => {
  expect(pointsOf(page(`<aside><h4>At a glance</h4>${list(POINTS)}</aside>${TEXT}`))).toEqual(POINTS);
  const details = `<details><summary>Summary</summary>${list(POINTS)}</details>`;
  expect(pointsOf(page(details + TEXT))).toEqual(POINTS);
  const twice = `<section><h3>Highlights</h3>${list([...POINTS, ...POINTS])}</section>`;
  expect(pointsOf(page(twice + TEXT))).toEqual(POINTS);
});

test("a list under a question is taken only when nothing better is there", () => {
  const question = `<h2>Why does the pier matter?</h2>${list(POINTS)}`;
  const html = page(TEXT + question + TEXT, ARTICLE);
  expect(pointsOf(html)).toEqual(POINTS);
  expect(originOf(html)).toBe("question list");
  const lead = ["The ferry pier of Velden is rotten.", "A shuttle bus will run from the station."];
  expect(pointsOf(page(list(lead) + TEXT + question))).toEqual(lead);
});

test("the content of a feed is a body of its own", () => {
  expect(pointsOf(list(POINTS) + TEXT, true)).toEqual(POINTS);
  expect(pointsOf(TEXT, true)).toEqual([]);
});

test("points are verbatim with white space made one, in their order", () => {
  const odd = [
    "  Velden\n rebuilds\u00a0its <b>ferry</b>   pier. ",
    "“Nobody” asked the <em>islanders</em> — not once.",
  ];
  expect(pointsOf(page(`<h2>Key points</h2>${list(odd)}${TEXT}`))).toEqual([
    "Velden rebuilds its ferry pier.",
    "“Nobody” asked the islanders — not once.",
  ]);
});

test("promo, boilerplate and strange links inside a genuine list are left out", () => {
  const items = [
    ...POINTS,
    `<a href="/help">Here is how you can help the islands</a>`,
    "Sign up for our newsletter",
  ];
  expect(pointsOf(page(`<h2>Key points</h2>${list(items)}${TEXT}`))).toEqual(POINTS);
});

test("a deck before the list does not make it a list of the text", () => {
  const deck = `<p class="standfirst">The council of a small harbour has decided what becomes of the pier that everyone here walked on as a child.</p>`;
  expect(pointsOf(page(`${deck}${list(POINTS)}${TEXT}`))).toEqual(POINTS);
});

test("lines between headline and text are points, a headline that was broken in two is not", () => {
  const lines = [
    "Velden rebuilds its ferry pier",
    "Ferries leave from the north",
    "Islanders fear for their shops",
  ];
  expect(pointsOf(page(`<h2>${lines.join("<br>")}</h2>${TEXT}`, ARTICLE))).toEqual(lines);
  const broken = `<h2>The council rebuilds the pier<br>that everyone here walked on</h2>`;
  expect(pointsOf(page(broken + TEXT, ARTICLE))).toEqual([]);
});

test("a label may stand in aria-label", () => {
  const box = `<section aria-label="Das Wichtigste in Kürze">${list(POINTS)}</section>`;
  expect(pointsOf(page(TEXT + box))).toEqual(POINTS);
});

test("points that jump to their place in the text are points", () => {
  const jumps = POINTS.map((point, at) => `<a href="#part-${at}">${point}</a>`);
  expect(pointsOf(page(`<h2>Key points</h2>${list(jumps)}${TEXT}`))).toEqual(POINTS);
});

test("the headline is not the label of the list below it", () => {
  const { keyPoints } = extractKeyPoints(page(list(POINTS) + TEXT), { url: null, language: null });
  expect(keyPoints).toEqual({ points: POINTS, origin: "lead list", label: null });
});

// ----------------------------------------------------------- forms of a box

const label = "<h3>Key takeaways</h3>";
const each = (open: string, close: string): string => POINTS.map((point) => open + point + close).join("");

test.each([
  ["a definition list", `<dl><dt>Key takeaways</dt>${each("<dd>", "</dd>")}</dl>`],
  [
    "a table of one column",
    `<table><tr><th>Key takeaways</th></tr>${each("<tr><td>", "</td></tr>")}</table>`,
  ],
  ["paragraphs in a box", `<section class="panel">${label}${each("<p>", "</p>")}</section>`],
  ["lines under a label", `<p><b>Key takeaways</b></p><p>${POINTS.join("<br>")}</p>`],
  ["lines in the label's own paragraph", `<p><strong>Key takeaways:</strong><br>${POINTS.join("<br>")}</p>`],
  ["headings in a box", `<div>${label}${each("<h4>", "</h4>")}</div>`],
  ["ARIA roles", `<div>${label}<div role="list">${each(`<div role="listitem">`, "</div>")}</div></div>`],
  ["custom elements", `<key-points-box>${label}<ul>${each("<li>", "</li>")}</ul></key-points-box>`],
  [
    "a declarative shadow root",
    `<x-box><template shadowrootmode="open">${label}${list(POINTS)}</template></x-box>`,
  ],
  ["lists of one entry each", `<div>${label}${POINTS.map((point) => list([point])).join("")}</div>`],
  [
    "a list that an advertisement divides",
    `<div>${label}${list(POINTS.slice(0, 2))}<div class="ad-slot"></div>${list(POINTS.slice(2))}</div>`,
  ],
  ["a numbered list", `<div>${label}<ol>${each("<li>", "</li>")}</ol></div>`],
  ["a collapsed tab", `<div role="tabpanel" aria-hidden="true" hidden>${label}${list(POINTS)}</div>`],
  [
    "a box for phones and one for desks",
    `<div class="mobile">${label}${list(POINTS)}</div><div class="desk">${label}${list(POINTS)}</div>`,
  ],
  [
    "bold words that lead in",
    `<div>${label}<ul>${POINTS.map((point) => `<li><b>News:</b> ${point}</li>`).join("")}</ul></div>`,
  ],
  [
    "points with a link inside",
    `<div>${label}<ul>${POINTS.map((point) => `<li>${point} <a href="/more">More</a></li>`).join("")}</ul></div>`,
  ],
])("%s under a label is found", (name, box) => {
  const expected = POINTS.map((point) =>
    name.startsWith("bold") ? `News: ${point}` : name.startsWith("points with") ? `${point} More` : point,
  );
  expect(pointsOf(page(box + TEXT))).toEqual(expected);
});

test("a box may stand before the headline, beside the article or after it", () => {
  const box = `<aside class="c-keyTakeaways__box--x81">${label}${list(POINTS)}</aside>`;
  const image = `<figure><img src="/pier.jpg"><figcaption>The old pier of Velden.</figcaption></figure>`;
  expect(pointsOf(page(TEXT, { before: box }))).toEqual(POINTS);
  expect(pointsOf(page(TEXT, { after: box }))).toEqual(POINTS);
  expect(pointsOf(page(image + box + TEXT))).toEqual(POINTS);
});

test.each([
  "⚡ TL;DR",
  "🔑 Key Takeaways:",
  "3 key takeaways",
  "The Key Points",
  "KEY POINTS",
  "Key takeaways from this article",
  "AI-generated summary",
  "Story highlights",
  "Quick read",
  "Darum gehts",
  "DAS WICHTIGSTE IN KÜRZE",
  "Auf einen Blick:",
  "L’essentiel",
  "L'ESSENTIEL À RETENIR",
  "Ce qu’il faut retenir",
  "LAS CLAVES",
  "KISACA",
  "ÖNE ÇIKANLAR",
  "ΜΕ ΜΙΑ ΜΑΤΙΑ",
  "ΣΥΝΟΨΗ",
  "أهم النقاط",
  "اهم النقاط",
  "نکته‌های کلیدی",
  "נקודות עיקריות:",
  "【この記事のポイント】",
])("“%s” is a label and nothing else", (text) => {
  expect(matchLabel(text)?.whole).toBe(true);
});

// ------------------------------------------------------------- languages

test("labels are known in at least 25 languages, each recognises itself", () => {
  expect(Object.keys(LABELS).length).toBeGreaterThanOrEqual(25);
  for (const [language, { strong, weak }] of Object.entries(LABELS))
    for (const label of [...strong, ...weak])
      expect.soft(matchLabel(label)?.whole, `${language}: ${label}`).toBe(true);
});

test.each([
  ["de", "Das Wichtigste in Kürze:", ["Der Steg wird im Herbst erneuert.", "Die Fähre legt im Norden ab."]],
  ["fr", "L’essentiel", ["La jetée sera refaite avant l’hiver.", "Le ferry part du quai nord."]],
  ["es", "Puntos clave", ["El muelle se rehará antes del invierno.", "El ferri sale del muelle norte."]],
  [
    "pl",
    "Najważniejsze informacje",
    ["Molo zostanie odbudowane przed zimą.", "Prom odpływa z północnego nabrzeża."],
  ],
  ["ru", "Главное", ["Причал перестроят до начала зимы.", "Паром уходит от северной пристани."]],
  [
    "tr",
    "Öne çıkanlar",
    ["İskele kıştan önce yeniden yapılacak.", "Vapur kuzey rıhtımından kalkıyor artık."],
  ],
  ["ar", "أهم النقاط", ["سيعاد بناء الرصيف قبل حلول الشتاء", "تغادر العبارة من الرصيف الشمالي الآن"]],
  ["hi", "मुख्य बिंदु", ["सर्दी से पहले नया घाट बनाया जाएगा", "नाव अब उत्तरी घाट से चलती है"]],
  ["ja", "この記事のポイント", ["桟橋は冬までに建て替えられる予定です", "フェリーは北埠頭から出港します"]],
  ["ko", "핵심 요약", ["부두는 겨울 전에 다시 지어진다", "여객선은 북쪽 부두에서 출발한다"]],
  ["zh", "本文要点", ["码头将在冬季之前重新修建完成", "渡轮目前改从北侧码头出发"]],
])("a label in %s is understood", (_language, label, points) => {
  expect(pointsOf(page(`${TEXT}<div><h3>${label}</h3>${list(points)}</div>`))).toEqual(points);
});

// -------------------------------------------------------------- not found

test.each([
  [
    "a table of contents",
    `<div class="toc"><p>Contents</p>${list(["The vote in the council", "The rotten wooden piles", "The bus to the quay"])}</div>`,
  ],
  [
    "links to other stories",
    `<div><h3>Read on</h3>${list(["The mayor of Velden resigns", "Ferries were late all week long"].map((title) => `<a href="/x">${title}</a>`))}</div>`,
  ],
  ["share buttons", `<ul class="share"><li>Share on one site</li><li>Share on another one</li></ul>`],
  [
    "an author box",
    `<div class="author-box">${list(["Ada Wells writes about harbours and ships.", "She lives on the northern quay herself."])}</div>`,
  ],
  [
    "a newsletter box",
    `<div class="newsletter"><h3>Highlights</h3>${list(["The best of the harbour every week", "No spam, only ships and piers"])}</div>`,
  ],
  [
    "times of a programme",
    `<h3>Highlights:</h3>${list(["00:10 Who pays for the pier", "04:30 What the islanders say", "09:15 The bus from the station"])}`,
  ],
])("%s is not taken for key points", (_name, box) => {
  expect(pointsOf(page(box + TEXT))).toEqual([]);
  expect(pointsOf(page(TEXT + box))).toEqual([]);
});

const SHOP = { head: `<script type="application/ld+json">{"@type":"Product"}</script>` };
const FORUM = { head: `<script type="application/ld+json">{"@type":["QAPage"]}</script>` };

test.each([
  [
    "what a theme says of the article",
    list([
      "Published on 13 May 2026 at 15:44",
      "3 minutes read",
      "By Ada Wells",
      "Tags: harbour, pier, ferry",
    ]),
    ARTICLE,
  ],
  [
    "what a forum says of a thread",
    list(["Thread starter Ada", "Start date Jun 14, 2025", "Tags ferry pier"]),
    {},
  ],
  ["cards with pictures", list(POINTS.map((point) => `<img src="/card.jpg"> ${point}`)), ARTICLE],
  ["a list that a sentence introduces", `<p>The council gives three reasons:</p>${list(POINTS)}`, ARTICLE],
  [
    "stories with a word before their link",
    list(POINTS.map((point) => `Harbour <a href="/story">${point}</a>`)),
    ARTICLE,
  ],
  [
    "the features of a product",
    `<h3>Highlights</h3>${list(["Dual core processor", "Screen of 13 inches", "Blue or silver"])}`,
    SHOP,
  ],
  ["somebody's answer", `<p>My answer is longer; tl;dr it comes down to this:</p>${list(POINTS)}`, FORUM],
  ["a list that gets a section of its own", `<h2>How we tested</h2>${list(POINTS)}`, ARTICLE],
  [
    "a table with columns",
    `<h3>Ferries at a glance</h3><table>${POINTS.map((point) => `<tr><td>${point}</td><td>4 crowns</td></tr>`).join("")}</table>`,
    ARTICLE,
  ],
])("%s is not taken for key points, though it opens the page", (_name, box, around) => {
  expect(pointsOf(page(box + TEXT, around))).toEqual([]);
});

test("the last section of a text is prose, though its heading reads like a label", () => {
  const section = (heading: string): string => `<section><h2>${heading}</h2>${TEXT}</section>`;
  const last = `<section><h2>The bottom line</h2>${SENTENCES.slice(0, 2)
    .map((sentence) => `<p>${sentence}</p>`)
    .join("")}</section>`;
  expect(pointsOf(page(section("The vote") + section("The piles") + last, ARTICLE))).toEqual([]);
});

test("what every entry of a guide has is not the guide's key points", () => {
  const entries = ["North", "South", "East"].map(
    (name) =>
      `<h2>${name} pier</h2>${TEXT}<h3>At a glance</h3>${list([`The ${name} pier opens in March`, `Ferries leave the ${name} pier hourly`])}`,
  );
  expect(pointsOf(page(entries.join(""), ARTICLE))).toEqual([]);
});

test("a question among many sections and lists does not sum up", () => {
  const sections = ["The vote", "The piles", "The bus", "The shops"].map((name) => `<h2>${name}</h2>${TEXT}`);
  const question = `<h2>Why does the pier matter?</h2>${list(POINTS)}`;
  expect(pointsOf(page(sections.join("") + question + TEXT, ARTICLE))).toEqual([]);
});

test("a list of another story in the same page is not taken", () => {
  const other = `<aside class="related"><h3>Key points</h3>${list(["Wolves are back in the hills", "Farmers want higher fences now"])}</aside>`;
  expect(pointsOf(page(TEXT, { after: other }))).toEqual([]);
});

test("a list of the page's own headings is its table of contents", () => {
  const headings = ["What the council decided", "How the piles rotted away", "Where the ferry leaves now"];
  const text = headings.map((heading) => `<h2>${heading}</h2>${TEXT}`).join("");
  expect(pointsOf(page(`<p><b>In brief</b></p>${list(headings)}${text}`))).toEqual([]);
});

test("the states of a button are not points", () => {
  const buttons = list(["Follow Follow followed", "Like Like liked Like", "Thread Thread threads Thread"]);
  expect(pointsOf(page(`<h3>Summary</h3>${buttons}${TEXT}`))).toEqual([]);
});

test("steps and ingredients of a recipe are not taken", () => {
  const recipe = `<script type="application/ld+json">{"@type":"Recipe"}</script>${list(["Warm the milk in a small pan", "Stir in the flour and the salt"])}`;
  expect(pointsOf(page(recipe + TEXT))).toEqual([]);
});

test("speech that opens with dashes is not a list of points", () => {
  const talk = [
    "– I never saw such a rotten pile, says the engineer.",
    "– Nor did I, the mayor answers her at once.",
  ];
  expect(pointsOf(page(TEXT + talk.map((line) => `<p>${line}</p>`).join("") + TEXT))).toEqual([]);
});

// ------------------------------------------------------------- explaining

test("every candidate says its score and its reasons, the best first", () => {
  const html = page(`<h2>Key points</h2>${list(POINTS)}${TEXT}`);
  const { candidates, keyPoints } = extractKeyPoints(html, { url: null, language: "en" });
  expect(keyPoints.label).toBe("Key points");
  expect(candidates[0]?.points).toEqual(POINTS);
  expect(candidates[0]?.reasons.join("; ")).toContain('under "Key points"');
  expect(candidates.map(({ score }) => score)).toEqual(
    candidates.map(({ score }) => score).toSorted((a, b) => b - a),
  );
});

test("an absurdly nested or repeated document ends at a limit", () => {
  expect(pointsOf(`${"<div>".repeat(200_000)}x`)).toEqual([]);
  expect(pointsOf("<b>Key points</b><div>x</div>".repeat(5_000))).toEqual([]);
  expect(pointsOf(page(`<h2>Key points</h2>${list(POINTS)}${TEXT}${"<div>".repeat(20_000)}`))).toEqual(
    POINTS,
  );
});

test("an empty document has no key points", () => {
  expect(extractKeyPoints("", { url: null, language: null })).toEqual({
    keyPoints: { points: [], origin: null, label: null },
    candidates: [],
  });
});

// ------------------------------------------------------------------- seed

const SEED_POINTS = [
  "Suicide drones were mass-produced for Russia.",
  "Deployment of 12,000 troops to Russia.",
];

test.skipIf(!existsSync(SEED))(
  "the article of ../shared/seed gives its two lead points, from page and feed",
  () => {
    expect(pointsOf(readFileSync(new URL("wordpress-article.html", SEED), "utf8"))).toEqual(SEED_POINTS);
    const feed = readFileSync(new URL("wordpress-feed.xml", SEED), "utf8");
    const content = /<content:encoded><!\[CDATA\[(.*?)\]\]>/su.exec(feed)?.[1] ?? "";
    expect(pointsOf(content, true)).toEqual(SEED_POINTS);
  },
);
