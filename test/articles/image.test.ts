import sharp from "sharp";
import { expect, test } from "vitest";
import type { Image } from "../../src/domain/types.ts";
import { prepareImage, prepareOneImage } from "../../src/articles/image.ts";
import { isNoPicture } from "../../src/articles/picture.ts";
import { limits } from "../support/limits.ts";
import { openPublisher } from "../support/publisher.ts";

/** A picture of noise: nothing compresses it. */
const noise = (width: number, height: number) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: "#888",
      noise: { type: "gaussian", mean: 128, sigma: 60 },
    },
  });

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#246" } });

async function prepare(bytes: Uint8Array, options: { path?: string; status?: number; type?: string } = {}) {
  const { path = "/storm.jpg", status = 200, type = "image/jpeg" } = options;
  await using publisher = await openPublisher((_, response) => {
    response.writeHead(status, { "content-type": type }).end(bytes);
  });
  return await prepareImage(publisher.http, { url: publisher.url + path, alt: "A storm" }, limits);
}

async function prepared(bytes: Uint8Array): Promise<Image> {
  const result = await prepare(bytes);
  if (result.kind === "none") throw new Error(result.reason);
  return result.image;
}

test("a large picture is fitted inside 1200 x 1200 as JPEG, not cropped, its alt text and address kept", async () => {
  const result = await prepare(await plain(3000, 1500).png().toBuffer());
  expect(result).toMatchObject({
    kind: "image",
    image: { mime: "image/jpeg", width: 1200, height: 600, alt: "A storm" },
  });
});

test("a small picture is not enlarged", async () => {
  expect(await prepare(await plain(400, 300).webp().toBuffer())).toMatchObject({
    image: { width: 400, height: 300 },
  });
});

test("a picture that hardly compresses is stepped down until it is under 1,000,000 bytes", async () => {
  const image = await prepared(await noise(1900, 1900).jpeg({ quality: 90 }).toBuffer());
  expect(image.bytes.length).toBeLessThan(1_000_000);
});

test("a picture is turned upright and loses its metadata", async () => {
  const sideways = await plain(600, 300).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const image = await prepared(sideways);
  expect(image).toMatchObject({ width: 300, height: 600 });
  const { orientation, exif } = await sharp(image.bytes).metadata();
  expect([orientation, exif]).toEqual([undefined, undefined]);
});

test("transparent parts become white", async () => {
  const clear = { r: 0, g: 0, b: 0, alpha: 0 };
  const png = await sharp({ create: { width: 300, height: 300, channels: 4, background: clear } })
    .png()
    .toBuffer();
  const { channels } = await sharp((await prepared(png)).bytes).stats();
  expect(channels.map(({ mean }) => Math.round(mean))).toEqual([255, 255, 255]);
});

test("what follows a picture in its file does not get through", async () => {
  const picture = await plain(300, 300).jpeg().toBuffer();
  const result = await prepare(
    Buffer.concat([picture, Buffer.from("<script>alert(1)</script>PK\u0003\u0004")]),
  );
  if (result.kind !== "image") throw new Error(result.reason);
  expect(Buffer.from(result.image.bytes).toString("latin1")).not.toContain("<script>");
});

test("of an animated WebP the first frame is taken", async () => {
  const frames = [await plain(300, 200).png().toBuffer(), await noise(300, 200).png().toBuffer()];
  const animation = await sharp(frames, { join: { animated: true } })
    .webp()
    .toBuffer();
  expect((await sharp(animation, { animated: true }).metadata()).pages).toBe(2);
  expect(await prepare(animation)).toMatchObject({ image: { width: 300, height: 200 } });
});

test.each([
  [
    "an SVG",
    async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"/>'),
    "no JPEG",
  ],
  ["a GIF", () => plain(300, 300).gif().toBuffer(), "no JPEG"],
  ["a web page", async () => Buffer.from("<!doctype html><p>Not found"), "no JPEG"],
  ["a tracking pixel", () => plain(1, 1).png().toBuffer(), "only 1 x 1"],
  ["a logo", () => plain(900, 200).png().toBuffer(), "banner or a logo"],
  [
    "a broken picture",
    async () => (await noise(400, 400).jpeg().toBuffer()).subarray(0, 3000),
    "can't be decoded",
  ],
  ["nothing", async () => Buffer.alloc(0), "no JPEG"],
])("%s is refused, whatever the header says", async (_, make, reason) => {
  const result = await prepare(await make());
  expect(result).toMatchObject({ kind: "none", reason: expect.stringContaining(reason) });
});

test("a picture of too many pixels is refused from its header, before it is decoded", async () => {
  const bomb = pngHeader(30_000, 30_000);
  expect(await prepare(bomb)).toMatchObject({
    kind: "none",
    reason: expect.stringContaining("can't be decoded"),
  });
});

test("a picture that can't be had is none", async () => {
  expect(await prepare(Buffer.alloc(0), { status: 404 })).toEqual({
    kind: "none",
    reason: "it answered 404",
  });
});

test("what is none makes room for the article's next picture, and of none the first tells why", async () => {
  const [small, large] = [await plain(60, 60).png().toBuffer(), await plain(600, 400).png().toBuffer()];
  await using publisher = await openPublisher((request, response) => {
    if (request.url?.startsWith("/silent") === true) request.socket.destroy();
    else response.end(request.url === "/large.png" ? large : small);
  });
  const first = (...paths: readonly string[]) =>
    prepareOneImage(
      publisher.http,
      paths.map((path) => ({ url: publisher.url + path, alt: null })),
      limits,
    );
  expect(await first("/small.png", "/large.png")).toMatchObject({
    kind: "image",
    image: { width: 600, sourceUrl: `${publisher.url}/large.png` },
  });
  expect(await first("/site-logo.png", "/small.png")).toEqual({
    kind: "none",
    reason: "by its address it is a logo, an emoji or the like",
  });
  expect(await first("/silent.png", "/large.png")).toMatchObject({ kind: "none", away: true });
  expect(await first()).toEqual({ kind: "none", reason: "there is none" });
});

test("more bytes than the limit are not taken", async () => {
  expect(await prepare(Buffer.alloc(limits.imageBytes + 1))).toMatchObject({ kind: "none" });
});

test.each([
  "https://secure.gravatar.com/avatar/e64c7d89?s=600",
  "https://s.w.org/images/core/emoji/14.0.0/72x72/1f600.png",
  "https://news.example/wp-includes/images/smilies/simple-smile.png",
  "https://news.example/img/site-logo.png",
  "https://news.example/logo_600.jpg",
  "https://pixel.example/track.png?id=1",
  "https://news.example/1x1.png",
  "https://news.example/drawing.svg",
])("%s is no picture of a story", (url) => {
  expect(isNoPicture(url)).toBe(true);
});

test.each([
  "https://news.example/uploads/2026/storm.jpg",
  "https://news.example/photos/google-pixel-phone.jpg",
  "https://news.example/images/ecologos/river.webp",
  "https://news.example/image.php?id=17&w=1200",
])("%s may be one", (url) => {
  expect(isNoPicture(url)).toBe(false);
});

test("what can be no picture is not even asked for", async () => {
  let asked = 0;
  await using publisher = await openPublisher((_, response) => {
    asked++;
    response.end();
  });
  await prepareImage(publisher.http, { url: `${publisher.url}/logo.svg`, alt: null }, limits);
  expect(asked).toBe(0);
});

/** A PNG that announces its size and holds nothing. */
function pngHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(33);
  header.write("\u0089PNG\r\n\u001a\n\0\0\0\rIHDR", "latin1");
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  header.set([8, 2, 0, 0, 0], 24);
  header.writeUInt32BE(crc(header.subarray(12, 29)), 29);
  return header;
}

function crc(bytes: Uint8Array): number {
  let sum = 0xff_ff_ff_ff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xed_b8_83_20 : sum >>> 1;
  }
  return (sum ^ 0xff_ff_ff_ff) >>> 0;
}

test.each(["jpeg", "png"] as const)(
  "a progressive %s, which is in memory as a whole, may have half the pixels of another",
  async (format) => {
    const of = async (side: number) =>
      (await prepare(await plain(5000, side)[format]({ progressive: true }).toBuffer())).kind;
    expect([await of(2500), await of(2501)]).toEqual(["image", "none"]);
  },
);
