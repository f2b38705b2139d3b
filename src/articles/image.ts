import type { Metadata, Sharp } from "sharp";
import type { Image, ImageRef, Limits } from "../domain/types.ts";
import { webUrl } from "../lib/address.ts";
import type { Http } from "../lib/http.ts";
import { isNoPicture } from "./picture.ts";

export type ImageResult =
  | { readonly kind: "image"; readonly image: Image }
  /** `away`: nobody gave it, so that nothing is known of it. */
  | { readonly kind: "none"; readonly reason: string; readonly away?: true };

/** Bluesky's thumbnails must stay under this (facts/bluesky.md); it is plenty for Discord. */
const MAX_BYTES = 999_999;
const MAX_SIDE = 1200;
const MIN_WIDTH = 200;
const MIN_HEIGHT = 100;
/** Wider or taller than this is a banner or a site's logo. */
const MAX_RATIO = 3;
const DECODE_SECONDS = 10;

/** Tried in turn until the file is small enough. */
const STEPS = [
  { side: MAX_SIDE, quality: 80 },
  { side: MAX_SIDE, quality: 65 },
  { side: MAX_SIDE, quality: 50 },
  { side: 800, quality: 60 },
  { side: 600, quality: 50 },
  { side: 400, quality: 40 },
];

/**
 * Fetches a picture and makes it fit for posting: decoded, upright, at most 1200 x 1200 (never cropped, never enlarged),
 * encoded again as JPEG under 1,000,000 bytes with all metadata gone. Only JPEG, PNG and WebP, judged by their bytes;
 * of an animation the first frame. Logos, emoji, banners and what is tiny are refused, but not when `isJudged` is false.
 * `none` says why there is no picture: the post then goes out without one.
 */
export async function prepareImage(
  http: Http,
  ref: ImageRef,
  limits: Limits,
  signal?: AbortSignal,
  isJudged = true,
): Promise<ImageResult> {
  if (webUrl(ref.url) === null) return none("its address is none of the web");
  if (isJudged && isNoPicture(ref.url)) return none("by its address it is a logo, an emoji or the like");
  const response = await http.get({
    url: ref.url,
    headers: { accept: "image/webp,image/jpeg,image/png" },
    maxBytes: limits.imageBytes,
    totalMs: limits.pageMs,
    priority: "page",
    ...(signal ? { signal } : {}),
  });
  if (response.kind === "failed") return { ...none(response.reason), away: true };
  if (response.status !== 200) return none(`it answered ${response.status}`);
  return encode(response.body, ref, limits, isJudged);
}

/**
 * The first of an article's pictures that is one; when none is, what is wrong with the first. A host that does not answer
 * is not asked for the next.
 */
export async function prepareOneImage(
  http: Http,
  refs: readonly ImageRef[],
  limits: Limits,
  signal?: AbortSignal,
  isJudged = true,
): Promise<ImageResult> {
  let wrong: ImageResult | null = null;
  for (const ref of refs) {
    const result = await prepareImage(http, ref, limits, signal, isJudged);
    if (result.kind === "image") return result;
    wrong ??= result;
    if (result.away === true) break;
  }
  return wrong ?? none("there is none");
}

const none = (reason: string) => ({ kind: "none", reason }) as const;

async function encode(
  bytes: Uint8Array,
  ref: ImageRef,
  limits: Limits,
  isJudged: boolean,
): Promise<ImageResult> {
  const format = formatOf(bytes);
  if (format === null) return none("it is no JPEG, PNG or WebP");
  const open = await opener(bytes, limits);
  try {
    const shape = await open().metadata();
    if (shape.format !== format) return none("it is not what it says");
    if (isHeldWhole(shape) && shape.width * shape.height > limits.imagePixels / 2)
      return none("it is too large for a progressive one");
    const refusal = isJudged ? refuse(shape.autoOrient) : null;
    if (refusal !== null) return none(refusal);
    for (const { side, quality } of STEPS) {
      const { data, info } = await open()
        .autoOrient()
        .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
        .flatten({ background: "#ffffff" })
        .timeout({ seconds: DECODE_SECONDS })
        .jpeg({ quality })
        .toBuffer({ resolveWithObject: true });
      if (data.length > MAX_BYTES) continue;
      const { width, height } = info;
      const made = { bytes: new Uint8Array(data), mime: "image/jpeg", width, height } as const;
      return { kind: "image", image: { ...made, alt: ref.alt, sourceUrl: ref.url } };
    }
    return none("it can't be made small enough");
  } catch (error) {
    return none(`it can't be decoded: ${error instanceof Error ? error.message.split("\n")[0] : "broken"}`);
  }
}

/** sharp is large: loaded with the first picture. Each step decodes anew, from bytes that are known to be sane. */
async function opener(bytes: Uint8Array, limits: Limits): Promise<() => Sharp> {
  const { default: sharp } = await import("sharp");
  sharp.cache(false);
  sharp.concurrency(1);
  return () => sharp(bytes, { limitInputPixels: limits.imagePixels, pages: 1, failOn: "error" });
}

/** Progressive JPEG and interlaced PNG: no line is ready before the last byte, so all of it is in memory at once. */
const isHeldWhole = ({ format, isProgressive }: Metadata): boolean =>
  isProgressive && (format === "jpeg" || format === "png");

function formatOf(bytes: Uint8Array): "jpeg" | "png" | "webp" | null {
  const start = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (start.startsWith("\u00ff\u00d8\u00ff")) return "jpeg";
  if (start.startsWith("\u0089PNG\r\n\u001a\n")) return "png";
  return start.startsWith("RIFF") && start.endsWith("WEBP") ? "webp" : null;
}

function refuse({ width, height }: { readonly width: number; readonly height: number }): string | null {
  if (width < MIN_WIDTH || height < MIN_HEIGHT) return `it is only ${width} x ${height}`;
  return Math.max(width / height, height / width) > MAX_RATIO
    ? "it has the shape of a banner or a logo"
    : null;
}
