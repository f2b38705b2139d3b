import type { Limits } from "../../src/domain/types.ts";

/** The limits a fresh installation has. */
export const limits: Limits = {
  feedBytes: 5_000_000,
  pageBytes: 8_000_000,
  imageBytes: 8_000_000,
  imagePixels: 25_000_000,
  robotsBytes: 512_000,
  headerBytes: 16_384,
  redirects: 5,
  dnsMs: 3_000,
  connectMs: 5_000,
  headersMs: 10_000,
  feedMs: 20_000,
  pageMs: 30_000,
  parseMs: 2_000,
  entries: 1_000,
  titleLength: 512,
  urlLength: 2_048,
  encodings: 2,
};
