import { pipeline } from "node:stream";
import type { Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";
import { failure, size } from "./failure.ts";

type Bytes = AsyncIterable<Uint8Array>;

export type BodyBounds = {
  /** Of decoded bytes. */
  readonly maxBytes: number;
  /** Of content encodings on one another. */
  readonly encodings: number;
  /** What Content-Length says, 0 when nothing: enough to refuse, never enough to believe. */
  readonly announced: number;
  /** Take the first `maxBytes` of a longer body instead of failing. */
  readonly truncate: boolean;
};

/**
 * Reads a body whole and takes its content encodings off: gzip, deflate (with or without the zlib frame, both are
 * met) and br. Decoded bytes are counted as they come, so that a bomb costs no more memory than the limit; leaving
 * the loop early destroys every stream behind it. Throws a `failure` when a bound is passed. A body that breaks off
 * inside its compression counts as ended there, as browsers have it.
 */
export async function readBody(
  body: Bytes,
  encoding: string | undefined,
  bounds: BodyBounds,
): Promise<Uint8Array> {
  const tooLarge = `its answer is larger than ${size(bounds.maxBytes)}`;
  if (bounds.announced > bounds.maxBytes && !bounds.truncate) throw failure(tooLarge);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of await decode(body, encodingsOf(encoding, bounds.encodings))) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > bounds.maxBytes && bounds.truncate) break;
    if (length > bounds.maxBytes) throw failure(tooLarge);
  }
  return Buffer.concat(chunks, Math.min(length, bounds.maxBytes));
}

/** The encodings in the order in which they were put on (RFC 9110, 8.4). */
function encodingsOf(header: string | undefined, max: number): readonly string[] {
  const names = (header ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity");
  if (names.length > max) throw failure(`its answer is encoded ${names.length} times (at most ${max})`);
  return names;
}

async function decode(body: Bytes, encodings: readonly string[]): Promise<Bytes> {
  let bytes = body;
  for (const encoding of encodings.toReversed()) {
    const { first, all } = await peek(bytes);
    // What goes wrong on either side surfaces on the decoder, where the reader meets it.
    bytes = pipeline(all, decoderOf(encoding, first), () => undefined);
  }
  return bytes;
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
async function peek(bytes: Bytes): Promise<{ readonly first: number; readonly all: Bytes }> {
  const rest = bytes[Symbol.asyncIterator]();
  const head = await rest.next();
  async function* all(): AsyncGenerator<Uint8Array> {
    if (head.done === true) return;
    yield head.value;
    yield* { [Symbol.asyncIterator]: () => rest };
  }
  return { first: head.done === true ? 0 : (head.value[0] ?? 0), all: all() };
}
