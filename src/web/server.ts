import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { reasonOf } from "../domain/errors.ts";
import type { Log } from "../domain/types.ts";
import { listen, type Listening } from "./listen.ts";
import type { PageData } from "./pages/data.ts";
import { overviewPage } from "./pages/overview.ts";

export type WebOptions = {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly data: () => Promise<PageData>;
  readonly image: (key: string) => Promise<{ readonly bytes: Uint8Array; readonly mime: string } | null>;
  readonly log: Log;
};

const PORTS_TRIED = 20;

/** What the page may show as a picture: never a type that could carry a script. */
const PICTURES: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/webp"]);

/**
 * Serves the page at the first free port of `port` to `port + 19`. Throws AdminError when all are taken or the host
 * cannot be bound. Disposing closes the port and its connections.
 */
export async function openWeb(options: WebOptions): Promise<Listening> {
  return listen(webApp(options, options.host), {
    host: options.host,
    port: options.port,
    tries: PORTS_TRIED,
  });
}

/**
 * The page without a port: `/`, `/style.css`, `/icon.svg` and `/image/KEY`. It only reads; it runs no script, loads
 * nothing from elsewhere, cannot be framed, and answers only to the names of this machine and to `host`, so that no
 * foreign name that resolves to it (DNS rebinding) can read it.
 */
export function webApp(options: Omit<WebOptions, "host" | "port">, host = "127.0.0.1"): Hono {
  const style = readFileSync(new URL("./pages/style.css", import.meta.url), "utf8");
  const icon = readFileSync(new URL("./pages/icon.svg", import.meta.url), "utf8");
  const app = new Hono();
  app.use(strictHeaders());
  app.use(async (c, next) => {
    const asked = c.req.header("host") ?? new URL(c.req.url).host;
    if (!isOurName(asked, host)) return c.text("This page does not answer to that name.", 421);
    return next();
  });
  app.get("/", async (c) => {
    c.header("cache-control", "no-store");
    return c.html(overviewPage(await options.data()));
  });
  app.get("/style.css", (c) => c.body(style, 200, { "content-type": "text/css; charset=utf-8" }));
  app.get("/icon.svg", (c) => c.body(icon, 200, { "content-type": "image/svg+xml" }));
  app.get("/image/:key", async (c) => {
    const image = await options.image(c.req.param("key"));
    if (image === null || !PICTURES.has(image.mime)) return c.notFound();
    return c.body(new Uint8Array(image.bytes), 200, { "content-type": image.mime });
  });
  app.onError((error, c) => {
    options.log.error("the page failed", { path: c.req.path, error: reasonOf(error) });
    return c.text("Internal error. The details are in the log.", 500);
  });
  return app;
}

const strictHeaders = (): ReturnType<typeof secureHeaders> =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: "DENY",
    // Plain HTTP on this machine: a promise of HTTPS would lock the admin out of other local servers.
    strictTransportSecurity: false,
  });

/** Is this Host header loopback, the configured host, or, when we listen everywhere, a bare address? */
function isOurName(header: string, host: string): boolean {
  const name = URL.parse(`http://${header}`)?.hostname.replace(/^\[|\]$/gu, "");
  if (name === undefined) return false;
  if (name === "localhost" || name === "::1" || /^127\.\d+\.\d+\.\d+$/u.test(name)) return true;
  const listensEverywhere = host === "0.0.0.0" || host === "::";
  return name === host.toLowerCase() || (listensEverywhere && isIP(name) !== 0);
}
