// A process of its own, so that its work is not counted as that of the program that asks it: a web server on
// loopback whose every path is a feed, with both validators. Prints its port, ends with its parent.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const ETAG = '"a-1"';
const MODIFIED = "Mon, 01 Jun 2026 10:00:00 GMT";
const FEED = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Bench</title><link>http://127.0.0.1/</link><description>Nothing new</description>
<item><title>One harbour, two ferries</title><link>http://127.0.0.1/one</link><guid>one</guid></item>
</channel></rss>`;

/** 50 KB, as a newsroom's feed with whole articles is; it never says that nothing changed. */
const SENTENCE =
  "The harbour office said on Monday that the repairs would go on through the week, &amp; boats could use the <b>northern</b> quay. ";
const LARGE = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Bench</title><link>http://127.0.0.1/</link><description>Whole articles</description><language>en</language>
${Array.from(
  { length: 20 },
  (
    _,
    i,
  ) => `<item><title>Ferry ${i} &amp; its harbour</title><link>http://127.0.0.1/story/${i}?utm_source=rss</link>
<guid isPermaLink="false">http://127.0.0.1/?p=${i}</guid><pubDate>Mon, 01 Jun 2026 ${10 + (i % 10)}:00:00 +0000</pubDate>
<dc:creator><![CDATA[The desk]]></dc:creator><category><![CDATA[Harbour]]></category><description><![CDATA[${SENTENCE}]]></description>
<content:encoded><![CDATA[${`<p>${SENTENCE}</p>`.repeat(14)}]]></content:encoded></item>`,
).join("\n")}
</channel></rss>`;

let answered = 0;
const server = createServer((request, response) => {
  answered += 1;
  if (answered === 1) process.stdout.write("asked\n");
  if (request.url === "/large")
    return void response.writeHead(200, { "content-type": "application/rss+xml" }).end(LARGE);
  const headers = { etag: ETAG, "last-modified": MODIFIED, "content-type": "application/rss+xml" };
  if (request.headers["if-none-match"] === ETAG) response.writeHead(304, headers).end();
  else response.writeHead(200, headers).end(FEED);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () =>
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`),
);
process.stdin.resume().on("end", () => server.close().closeAllConnections());
