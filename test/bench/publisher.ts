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

let answered = 0;
const server = createServer((request, response) => {
  answered += 1;
  if (answered === 1) process.stdout.write("asked\n");
  const headers = { etag: ETAG, "last-modified": MODIFIED, "content-type": "application/rss+xml" };
  if (request.headers["if-none-match"] === ETAG) response.writeHead(304, headers).end();
  else response.writeHead(200, headers).end(FEED);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () =>
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`),
);
process.stdin.resume().on("end", () => server.close().closeAllConnections());
