import { pipeline, Readable, type Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";
import { failure, size } from "./failure.ts";

type Bytes = AsyncGenerator<Uint8Array>;

export type BodyBounds = {
  /** Of decoded bytes. */
  readonly maxBytes: number;
  /** Of content encodings on one another. */
  readonly encodings: number;
  /** Take the first `maxBytes` of a longer body instead of failing. */
  readonly truncate: boolean;
};

/** Why a body was not read to its end. */
export const tooLarge = (maxBytes: number): string => `its answer is larger than ${size(maxBytes)}`;

/**
 * Takes the content encodings off a body: gzip, deflate (with or without the zlib frame, both are
 * met) and br. Decoded bytes are counted as they come, so that a bomb costs no more memory than the limit; leaving
 * the loop early destroys every stream behind it. Throws a `failure` when a bound is passed. A body that breaks off
 * inside its compression counts as ended there, as browsers have it.
 */
export async function decodeBody(
  body: Uint8Array,
  encoding: string,
  { maxBytes, encodings, truncate }: BodyBounds,
): Promise<Uint8Array> {
  const names = encodingsOf(encoding, encodings);
  if (body.length === 0) return body;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of decode(body, names)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes && truncate) break;
    if (length > maxBytes) throw failure(tooLarge(maxBytes));
  }
  return Buffer.concat(chunks, Math.min(length, maxBytes));
}

/** The encodings in the order in which they were put on (RFC 9110, 8.4). */
function encodingsOf(header: string, max: number): readonly string[] {
  const names = header
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity");
  if (names.length > max) throw failure(`its answer is encoded ${names.length} times (at most ${max})`);
  return names;
}

async function* decode(body: Uint8Array, encodings: readonly string[]): Bytes {
  let bytes: AsyncIterable<Uint8Array> = Readable.from([body]);
  for (const encoding of encodings.toReversed()) {
    const { first, all } = await peek(bytes);
    // What goes wrong on either side surfaces on the decoder, where the reader meets it.
    bytes = pipeline(all, decoderOf(encoding, first), () => undefined);
  }
  yield* bytes;
}

const CHUNK = 64 * 1024;
const ZLIB = { chunkSize: CHUNK, finishFlush: constants.Z_SYNC_FLUSH };
const BROTLI = { chunkSize: CHUNK, finishFlush: constants.BROTLI_OPERATION_FLUSH };

function decoderOf(encoding: string, first: number): Transform {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return createGunzip(ZLIB);
    case "deflate":
      // A zlib frame begins with compression method 8 (RFC 1950); many servers send none.
      return (first & 0x0f) === 8 ? createInflate(ZLIB) : createInflateRaw(ZLIB);
    case "br":
      return createBrotliDecompress(BROTLI);
    default:
      throw failure(`its answer has the unknown encoding ${encoding.slice(0, 40)}`);
  }
}

/** The first byte (0 when there is none), and all of the bytes from the start. */
async function peek(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly first: number; readonly all: Bytes }> {
  const rest = bytes[Symbol.asyncIterator]();
  const head = await rest.next();
  async function* all(): Bytes {
    if (head.done === true) return;
    yield head.value;
    yield* { [Symbol.asyncIterator]: () => rest };
  }
  return { first: head.done === true ? 0 : (head.value[0] ?? 0), all: all() };
}
