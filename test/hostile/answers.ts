import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";

/** How a hostile server answers a request, whatever was asked; and what an admin reads of it where it is a feed. */
export type HostileAnswer = {
  readonly name: string;
  readonly give: (response: ServerResponse) => void;
  readonly reason: RegExp;
};

const MB = 2 ** 20;
const zeros = Buffer.alloc(48 * MB);
const packed = (encoding: string, body: Uint8Array) => (response: ServerResponse) =>
  void response.writeHead(200, { "content-encoding": encoding }).end(body);
const gzip = gzipSync(zeros);
const TOO_LARGE = /^its answer is larger than 5 MB$/u;

/** Goes on for as long as anyone listens. */
function endless(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, "x");
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on("drain", write);
  write();
}

/** One byte at a time, for as long as anyone listens. */
function drip(socket: Socket | null, text: string): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (socket === null || socket.destroyed) return clearInterval(timer);
    socket.write(text.charAt(sent++ % text.length));
  }, 20);
  timer.unref();
}

export const answers: readonly HostileAnswer[] = [
  { name: "gzip 1:1000", give: packed("gzip", gzip), reason: TOO_LARGE },
  { name: "double gzip", give: packed("gzip, gzip", gzipSync(gzip)), reason: TOO_LARGE },
  { name: "a brotli bomb", give: packed("br", brotliCompressSync(zeros)), reason: TOO_LARGE },
  {
    name: "a zstd bomb",
    give: packed("zstd", zstdCompressSync(zeros)),
    reason: /^its answer has the unknown encoding zstd$/u,
  },
  {
    name: "200 encodings",
    give: packed(Array(200).fill("gzip").join(", "), gzip),
    reason: /^its answer is encoded 200 times \(at most 2\)$/u,
  },
  { name: "an endless body", give: endless, reason: TOO_LARGE },
  {
    name: "a dripped body",
    give: (response) => {
      response.writeHead(200, { "content-type": "text/html" }).flushHeaders();
      drip(response.socket, "1\r\nx\r\n");
    },
    reason: /^took longer than/u,
  },
  {
    name: "dripped headers",
    give: (response) => drip(response.socket, `HTTP/1.1 200 OK\r\n${"x-drip: 1\r\n".repeat(10_000)}`),
    reason: /^(?:sent no answer within|took longer than)/u,
  },
  {
    name: "2 GB announced",
    give: (response) => void response.writeHead(200, { "content-length": "2000000000" }).write("x"),
    reason: TOO_LARGE,
  },
  {
    name: "300 KB of headers",
    give: (response) => {
      response.socket?.end(`HTTP/1.1 200 OK\r\n${`x-more: ${"y".repeat(1000)}\r\n`.repeat(300)}\r\n`);
    },
    reason: /^its headers are larger than 16\.4 KB$/u,
  },
  {
    name: "no HTTP at all",
    give: (response) => void response.socket?.end("SSH-2.0-OpenSSH_9.6\r\n"),
    reason: /^its answer is no HTTP/u,
  },
  {
    name: "a connection that breaks off",
    give: (response) => void response.socket?.destroy(),
    reason: /^broke the connection off$/u,
  },
  { name: "silence", give: () => {}, reason: /^(?:sent no answer within|took longer than)/u },
];
