import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AtpAgent } from "@atproto/api";
import { PDS, envToCfg, envToSecrets } from "@atproto/pds";
import type { ServerEnvironment } from "@atproto/pds";
import { Database as PlcDatabase, PlcServer } from "@did-plc/server";

const POST = "app.bsky.feed.post";
const ADMIN = "admin";

export type TestAccount = {
  readonly did: string;
  readonly handle: string;
  /** An app password, as an admin makes one for a bot. */
  readonly password: string;
  /** Ends the app password and the sessions made with it. */
  readonly revoke: () => Promise<void>;
  /** Signed in with the account's own password. */
  readonly owner: AtpAgent;
};

export type StoredRecord = { readonly uri: string; readonly cid: string; readonly value: unknown };

export type TestPds = AsyncDisposable & {
  readonly url: string;
  /** Its PLC directory, in memory. */
  readonly plcUrl: string;
  readonly createAccount: (handle: string) => Promise<TestAccount>;
  /** One record as plain JSON; null when there is none. */
  readonly record: (did: string, collection: string, rkey: string) => Promise<StoredRecord | null>;
  /** All posts of an account, newest key first. */
  readonly posts: (did: string) => Promise<readonly StoredRecord[]>;
  readonly takeDown: (did: string) => Promise<void>;
  /** The same access token, but expired an hour ago (the PDS signed it). */
  readonly expired: (accessJwt: string) => string;
};

/** A real PDS with a real PLC directory, on loopback, in a directory of its own that goes away with it. */
export async function openPds(): Promise<TestPds> {
  const directory = await mkdtemp(join(tmpdir(), "bulletin-pds-"));
  const plc = PlcServer.create({ db: PlcDatabase.mock() });
  const plcServer = await listen(plc.app);
  const jwtSecret = randomBytes(16).toString("hex");
  // The PDS must know its port before it exists, and would listen on every address: so the server comes first.
  const server = await listen();
  const env = environment(directory, portOf(server), urlOf(plcServer), jwtSecret);
  const pds = await PDS.create(envToCfg(env), envToSecrets(env));
  await pds.ctx.sequencer.start();
  server.on("request", pds.app);
  const url = urlOf(server);

  return {
    url,
    plcUrl: urlOf(plcServer),
    createAccount: (handle) => createAccount(url, handle),
    record: (did, collection, rkey) => getRecord(url, did, collection, rkey),
    posts: (did) => listPosts(url, did),
    takeDown: (did) => takeDown(url, did),
    expired: (accessJwt) => expired(accessJwt, jwtSecret),
    [Symbol.asyncDispose]: async () => {
      await close(server);
      await pds.ctx.destroy();
      await close(plcServer);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function environment(directory: string, port: number, plcUrl: string, jwtSecret: string): ServerEnvironment {
  return {
    port,
    hostname: "localhost",
    devMode: true,
    dataDirectory: directory,
    blobstoreDiskLocation: join(directory, "blobs"),
    didPlcUrl: plcUrl,
    inviteRequired: false,
    enableDidDocWithSession: true,
    jwtSecret,
    adminPassword: ADMIN,
    plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString("hex"),
  };
}

async function createAccount(url: string, handle: string): Promise<TestAccount> {
  const owner = new AtpAgent({ service: url });
  const email = `${handle.split(".")[0]}@mail.test`;
  const { data } = await owner.createAccount({ handle, email, password: "the owner's own" });
  const name = "bulletin";
  const app = await owner.com.atproto.server.createAppPassword({ name });
  return {
    did: data.did,
    handle,
    password: app.data.password,
    revoke: async () => {
      await owner.com.atproto.server.revokeAppPassword({ name });
    },
    owner,
  };
}

async function getRecord(
  url: string,
  did: string,
  collection: string,
  rkey: string,
): Promise<StoredRecord | null> {
  const query = new URLSearchParams({ repo: did, collection, rkey }).toString();
  const answer = await fetch(`${url}/xrpc/com.atproto.repo.getRecord?${query}`);
  return answer.ok ? ((await answer.json()) as StoredRecord) : null;
}

async function listPosts(url: string, did: string): Promise<readonly StoredRecord[]> {
  const posts: StoredRecord[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({
      repo: did,
      collection: POST,
      limit: "100",
      ...(cursor ? { cursor } : {}),
    });
    const answer = await fetch(`${url}/xrpc/com.atproto.repo.listRecords?${query.toString()}`);
    const page = (await answer.json()) as { records: StoredRecord[]; cursor?: string };
    posts.push(...page.records);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return posts;
}

async function takeDown(url: string, did: string): Promise<void> {
  const agent = new AtpAgent({ service: url });
  const authorization = `Basic ${Buffer.from(`admin:${ADMIN}`).toString("base64")}`;
  await agent.com.atproto.admin.updateSubjectStatus(
    { subject: { $type: "com.atproto.admin.defs#repoRef", did }, takedown: { applied: true } },
    { headers: { authorization }, encoding: "application/json" },
  );
}

function expired(accessJwt: string, secret: string): string {
  const [head = "", body = ""] = accessJwt.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
  const hourAgo = Math.floor(Date.now() / 1000) - 3600;
  const old = Buffer.from(JSON.stringify({ ...claims, iat: hourAgo - 60, exp: hourAgo })).toString(
    "base64url",
  );
  return `${head}.${old}.${createHmac("sha256", secret).update(`${head}.${old}`).digest("base64url")}`;
}

// ---------------------------------------------------------------- faults

/** What the proxy does to the next call of a method, in place of handing it through. */
export type Fault =
  /** Nothing goes wrong with this call. */
  | { readonly kind: "none" }
  /** The PDS does its work; the client loses the connection, or gets this answer instead. */
  | { readonly kind: "cut after" }
  | { readonly kind: "answer after"; readonly status: number }
  /** The PDS never hears of it. */
  | { readonly kind: "cut before" }
  | { readonly kind: "hang" }
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: { readonly error: string; readonly message?: string };
    };

export type FaultProxy = AsyncDisposable & {
  readonly url: string;
  /** The methods called so far, by the last part of their name: "putRecord". */
  readonly calls: readonly string[];
  /** The faults that they have met so far, in short: "putRecord: answer 503". */
  readonly played: readonly string[];
  /** Queues faults for the next calls of a method, one each. */
  readonly fail: (method: string, ...faults: readonly Fault[]) => void;
  /** Nothing fails any more. */
  readonly mend: () => void;
};

/** Stands in front of a PDS and hands all through, save for the faults that a test asks for. */
export async function openFaultProxy(target: string): Promise<FaultProxy> {
  const calls: string[] = [];
  const played: string[] = [];
  const queues = new Map<string, Fault[]>();
  const next = (method: string): Fault | null => {
    const fault = queues.get(method)?.shift();
    if (fault === undefined || fault.kind === "none") return null;
    played.push(`${method}: ${fault.kind}${"status" in fault ? ` ${fault.status}` : ""}`);
    return fault;
  };
  const server = await listen((request, response) => {
    const method = /\/xrpc\/[\w.]+\.(\w+)/u.exec(request.url ?? "")?.[1] ?? request.url ?? "";
    calls.push(method);
    void relay(target, request, response, next(method)).catch(() => response.destroy());
  });
  return {
    url: urlOf(server),
    calls,
    played,
    fail: (method, ...faults) => {
      queues.set(method, [...(queues.get(method) ?? []), ...faults]);
    },
    mend: () => queues.clear(),
    [Symbol.asyncDispose]: () => close(server),
  };
}

async function relay(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | null,
): Promise<void> {
  const body = await bodyOf(request);
  if (fault?.kind === "hang") return;
  if (fault?.kind === "cut before") return void response.destroy();
  if (fault?.kind === "answer") return answer(response, fault.status, fault.headers ?? {}, fault.body);
  const through = await fetch(new URL(request.url ?? "/", target), {
    method: request.method ?? "GET",
    headers: headersOf(request),
    ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
  });
  const answered = Buffer.from(await through.arrayBuffer());
  if (fault?.kind === "cut after") return void response.destroy();
  if (fault?.kind === "answer after") return answer(response, fault.status, {});
  const headers = Object.fromEntries(through.headers);
  delete headers["content-encoding"];
  delete headers["transfer-encoding"];
  delete headers["content-length"];
  response.writeHead(through.status, headers).end(answered);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: { readonly error: string; readonly message?: string } = { error: "InternalServerError" },
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === "string" && !/^(?:host|connection|content-length|transfer-encoding)$/u.test(name))
      headers.set(name, value);
  return headers;
}

// ---------------------------------------------------------------- servers

async function listen(handler?: RequestListener): Promise<Server> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  return address.port;
}

const urlOf = (server: Server): string => `http://127.0.0.1:${portOf(server)}`;

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
