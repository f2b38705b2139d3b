import { createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { Clock, Millis } from "../../src/domain/types.ts";
import { serve } from "../lib/http/servers.ts";

/** One request that a hub got. */
export type HubRequest = Readonly<Record<"mode" | "topic" | "callback" | "secret" | "lease", string>> & {
  readonly at: Millis;
  readonly headers: IncomingMessage["headers"];
};

type Subscriber = { readonly callback: string; readonly secret: string; readonly until: Millis };

/** How a push is signed: by an algorithm, with another secret, or not at all. */
export type Signing = "sha1" | "sha256" | "sha384" | "sha512" | "forged" | "unsigned";

/** A hub as W3C WebSub has it, on loopback: it takes requests, verifies intent, keeps leases, pushes, and is told how to be bad. */
export type Hub = AsyncDisposable & {
  readonly url: string;
  readonly address: string;
  readonly requests: readonly HubRequest[];
  /** What it does to the requests to come. */
  readonly ways: {
    /** The status and headers of its answer. */
    status: number;
    headers: Readonly<Record<string, string>>;
    lease: Millis;
    /** Calls back to verify. */
    verifies: boolean;
  };
  /** What the callbacks answered to verifications and denials. */
  readonly answers: readonly { readonly status: number; readonly isChallenge: boolean }[];
  /** Waits until everything that it does after its answers is done. */
  readonly settled: () => Promise<void>;
  /** Who is subscribed now. */
  readonly subscribers: (topic: string) => readonly Subscriber[];
  /** Sends a document to all who are subscribed; gives their answers. */
  readonly push: (topic: string, body: string, signing?: Signing) => Promise<readonly number[]>;
  /** Calls back with any query. */
  readonly say: (callback: string, query: Readonly<Record<string, string>>) => Promise<Response>;
};

export async function openHub(clock: Clock): Promise<Hub> {
  const requests: HubRequest[] = [];
  const answers: { status: number; isChallenge: boolean }[] = [];
  const topics = new Map<string, Map<string, Subscriber>>();
  const doing = new Set<Promise<void>>();
  const ways: Hub["ways"] = { status: 202, headers: {}, lease: 10 * 86_400_000, verifies: true };

  async function verify(request: HubRequest): Promise<void> {
    const challenge = `challenge-${requests.length}`;
    const lease = String(Math.floor(ways.lease / 1000));
    const said = { mode: request.mode, topic: request.topic, challenge, lease_seconds: lease };
    const response = await say(request.callback, said);
    const isChallenge = (await response.text()) === challenge;
    answers.push({ status: response.status, isChallenge });
    if (!response.ok || !isChallenge) return;
    const own = topics.get(request.topic) ?? new Map<string, Subscriber>();
    topics.set(request.topic, own);
    if (request.mode === "unsubscribe") own.delete(request.callback);
    else own.set(request.callback, { ...request, until: clock.now() + ways.lease });
  }

  async function take(incoming: IncomingMessage): Promise<void> {
    const form = new URLSearchParams(await text(incoming));
    const of = (name: string): string => form.get(`hub.${name}`) ?? "";
    const request: HubRequest = {
      mode: of("mode"),
      topic: of("topic"),
      callback: of("callback"),
      secret: of("secret"),
      lease: of("lease_seconds"),
      at: clock.now(),
      headers: incoming.headers,
    };
    requests.push(request);
    if (ways.status < 300 && ways.verifies) await verify(request);
  }

  const server = await serve((incoming, response) => {
    const work = take(incoming);
    doing.add(work);
    response.writeHead(ways.status, ways.headers).end();
    void work.finally(() => doing.delete(work));
  });
  const subscribers = (topic: string): readonly Subscriber[] =>
    [...(topics.get(topic)?.values() ?? [])].filter(({ until }) => until > clock.now());
  return {
    url: server.url,
    address: server.address,
    requests,
    ways,
    answers,
    settled: async () => {
      while (doing.size > 0) await Promise.all(doing);
    },
    subscribers,
    push: (topic, body, signing = "sha256") =>
      Promise.all(subscribers(topic).map((one) => send(one, { hub: server.url, topic, body, signing }))),
    say,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function say(callback: string, query: Readonly<Record<string, string>>): Promise<Response> {
  const url = new URL(callback);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(`hub.${name}`, value);
  return await fetch(url);
}

async function send(
  { callback, secret }: Subscriber,
  { hub, topic, body, signing }: { hub: string; topic: string; body: string; signing: Signing },
): Promise<number> {
  const response = await fetch(callback, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/rss+xml",
      link: `<${hub}>; rel="hub", <${topic}>; rel="self"`,
      ...(signing === "unsigned" ? {} : { "x-hub-signature": signatureOf(body, secret, signing) }),
    },
  });
  return response.status;
}

function signatureOf(body: string, secret: string, signing: Exclude<Signing, "unsigned">): string {
  const [method, key] = signing === "forged" ? ["sha256", "another"] : [signing, secret];
  return `${method}=${createHmac(method, key).update(body).digest("hex")}`;
}
