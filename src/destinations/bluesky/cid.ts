import { createHash } from "node:crypto";
import { CID } from "multiformats/cid";
import * as Digest from "multiformats/hashes/digest";

const RAW = 0x55;
const SHA_256 = 0x12;

/**
 * The address of a blob, as every PDS computes it: CIDv1, raw codec, SHA-256, base32
 * (https://atproto.com/specs/data-model#link-and-cid-formats). Known before the upload, so that a record can be
 * frozen whole.
 */
export function blobCid(bytes: Uint8Array): string {
  const hash = createHash("sha256").update(bytes).digest();
  return CID.createV1(RAW, Digest.create(SHA_256, hash)).toString();
}
