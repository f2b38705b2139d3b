import { z } from "zod";
import { WEB, WEBSUB } from "./defaults.ts";
import * as is from "./fields.ts";
import { key, neededKey } from "./fields.ts";

/** The page's. */
export const webSchema = z.strictObject({
  enabled: key(is.flag, "true or false", String(WEB.enabled), "Serve the page."),
  host: key(is.text, "host", WEB.host, "The address that the page listens on."),
  port: key(is.count(0, 65_535), "number", String(WEB.port), "Its port; when taken, the next free one."),
});

/** That of the hubs. */
export const websubSchema = z.strictObject({
  address: neededKey(
    is.publicAddress,
    "address",
    "The public address that leads to the listener, such as https://bot.example.",
  ),
  host: key(
    is.text,
    "host",
    WEBSUB.host,
    "The address that the listener, which is not the page, listens on.",
  ),
  port: key(is.count(0, 65_535), "number", String(WEBSUB.port), "Its port."),
});
