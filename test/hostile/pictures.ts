import sharp, { type Sharp } from "sharp";

/** A file where a picture should be, and why the post goes out without it; null: the picture is sound. */
export type HostilePicture = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly reason: RegExp | null;
};

const flat = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: "#246" } });

/** A sound PNG whose header tells of another size. */
async function claiming(width: number, height: number): Promise<Uint8Array> {
  const png = await flat(300, 200).png().toBuffer();
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}

const FRAMES = 10_000;

export const pictures: readonly HostilePicture[] = [
  { name: "30,000 x 30,000 claimed", bytes: await claiming(30_000, 30_000), reason: /./u },
  {
    name: "an interlaced PNG of 25 megapixels",
    bytes: await flat(5000, 5000).png({ progressive: true, compressionLevel: 9 }).toBuffer(),
    reason: /progressive/u,
  },
  {
    name: "a progressive JPEG of 25 megapixels",
    bytes: await flat(5000, 5000).jpeg({ progressive: true }).toBuffer(),
    reason: /progressive/u,
  },
  {
    name: "an interlaced PNG of 12 megapixels",
    bytes: await flat(4000, 3000).png({ progressive: true, compressionLevel: 9 }).toBuffer(),
    reason: null,
  },
  {
    name: "a progressive JPEG of 12 megapixels",
    bytes: await flat(4000, 3000).jpeg({ progressive: true }).toBuffer(),
    reason: null,
  },
  {
    name: "a PNG of 25 megapixels",
    bytes: await flat(5000, 5000).png({ compressionLevel: 9 }).toBuffer(),
    reason: null,
  },
  {
    name: "a WebP of 25 megapixels",
    bytes: await flat(5000, 5000).webp().toBuffer(),
    reason: null,
  },
  {
    name: `a GIF of ${FRAMES} frames`,
    bytes: gifOf(FRAMES),
    reason: /no JPEG, PNG or WebP/u,
  },
  {
    name: "an SVG with a script",
    bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    reason: /no JPEG, PNG or WebP/u,
  },
  {
    name: "a page that begins like a JPEG",
    bytes: Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from("<script>alert(1)</script>")]),
    reason: /can't be decoded/u,
  },
];

/** A GIF of one pixel that changes so many times. */
function gifOf(frames: number): Uint8Array {
  const head = Buffer.from("GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff", "latin1");
  const frame = Buffer.from("\x21\xf9\x04\0\x01\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0", "latin1");
  return Buffer.concat([head, ...Array<Buffer>(frames).fill(frame), Buffer.from(";")]);
}
