import { quoted, read, wrong, type Reading } from "./reading.ts";

const BYTES: ReadonlyMap<string, number> = new Map([
  ["b", 1],
  ["byte", 1],
  ["bytes", 1],
  ["kb", 1000],
  ["kib", 1024],
  ["mb", 1000 ** 2],
  ["mib", 1024 ** 2],
  ["gb", 1000 ** 3],
  ["gib", 1024 ** 3],
]);

const PIXELS: ReadonlyMap<string, number> = new Map([
  ["mp", 1_000_000],
  ["megapixel", 1_000_000],
  ["megapixels", 1_000_000],
]);

/** "5 MB" (5,000,000), "500 KiB" (512,000), "16 bytes" as bytes. */
export const readBytes = (written: string | number): Reading<number> =>
  readAmount(written, BYTES, "a size", 'Write a number and its unit, such as "5 MB" or "500 KiB".');

/** "25 MP" as pixels. */
export const readPixels = (written: string | number): Reading<number> =>
  readAmount(written, PIXELS, "a number of megapixels", 'Write a number and its unit, such as "25 MP".');

function readAmount(
  written: string | number,
  units: ReadonlyMap<string, number>,
  noun: string,
  mend: string,
): Reading<number> {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/u.exec(String(written).trim().toLowerCase());
  const unit = match?.[2] ?? "";
  if (match !== null && unit === "") return wrong(`${quoted(written)} has no unit`, mend);
  const size = units.get(unit);
  if (match === null || size === undefined) return wrong(`${quoted(written)} is not ${noun}`, mend);
  const total = Math.round(Number(match[1]) * size);
  return total < 1 || !Number.isSafeInteger(total)
    ? wrong(`${quoted(written)} is out of range`, mend)
    : read(total);
}

/** Bytes in the words that `readBytes` reads back. */
export function formatBytes(bytes: number): string {
  for (const [name, size] of [
    ["MB", 1000 ** 2],
    ["KB", 1000],
    ["KiB", 1024],
  ] as const) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size} ${name}`;
  }
  return `${bytes} bytes`;
}
