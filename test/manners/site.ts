import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Millis } from "../../src/domain/types.ts";
import type { TestClock } from "../support/clock.ts";

/** One line of a site's log, in virtual time. */
export type Asked = {
  readonly at: Millis;
  /** When its answer was out; `Infinity` while it is not. */
  readonly ended: Millis;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
};

/** How a path answers; `nth` counts the requests for it from 0. */
export type Answer = (asked: Asked, response: ServerResponse, nth: number) => void;

/** A publisher's server that keeps a log, which is all that a judge of manners looks at. */
export type Site = AsyncDisposable & {
  readonly url: string;
  readonly log: readonly Asked[];
  /** The lines of one path. */
  readonly to: (path: string) => readonly Asked[];
  readonly answer: (path: string, how: Answer) => void;
  /** Answers everything, whatever was said of its path. */
  readonly answerAll: (how: Answer | null) => void;
};

export async function openSite(clock: TestClock, address = "127.0.0.1"): Promise<Site> {
  const log: Asked[] = [];
  const answers = new Map<string, Answer>();
  let every: Answer | null = null;
  const to = (path: string) => log.filter((asked) => asked.path === path);
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const asked = {
      at: clock.now(),
      ended: Infinity,
      method: request.method ?? "",
      path,
      headers: request.headers,
    };
    const nth = to(path).length;
    log.push(asked);
    response.on("finish", () => (asked.ended = clock.now()));
    // Node would send the real date; the site lives in virtual time.
    response.sendDate = false;
    (every ?? answers.get(path) ?? notFound)(asked, response, nth);
  });
  server.listen(0, address);
  await once(server, "listening");
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}`,
    log,
    to,
    answer: (path, how) => void answers.set(path, how),
    answerAll: (how) => void (every = how),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const notFound: Answer = (_, response) => void response.writeHead(404).end();

/** The same answer every time. */
export const give =
  (status: number, headers: Readonly<Record<string, string>> = {}, body: string | Uint8Array = ""): Answer =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);

/** One answer after the other; the last one for ever. */
export const inTurn =
  (...answers: readonly Answer[]): Answer =>
  (asked, response, nth) =>
    answers[Math.min(nth, answers.length - 1)]?.(asked, response, nth);

/** As servers should: 304 to whoever has both validators, else the document with them. */
export const conditional =
  (body: () => string, validators: () => Readonly<Record<"etag" | "last-modified", string>>): Answer =>
  (asked, response) => {
    const now = validators();
    const has =
      asked.headers["if-none-match"] === now.etag &&
      asked.headers["if-modified-since"] === now["last-modified"];
    response.writeHead(has ? 304 : 200, now).end(has ? undefined : body());
  };
