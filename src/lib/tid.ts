const DIGITS = "234567abcdefghijklmnopqrstuvwxyz";

/**
 * A TID from milliseconds and a number of 0 to 999 within them: 13 characters, sorting as the times do
 * (https://atproto.com/specs/tid: 53 bits of microseconds, 10 bits of clock identifier).
 */
export function tidAt(micros: bigint, clockId = 0): string {
  let value = (micros << 10n) | BigInt(clockId & 1023);
  let text = "";
  for (let i = 0; i < 13; i++) {
    text = (DIGITS[Number(value & 31n)] ?? "2") + text;
    value >>= 5n;
  }
  return text;
}

/** The microseconds in a TID; 0n for what is none. */
export function tidMicros(tid: string): bigint {
  let value = 0n;
  for (const char of tid) {
    const digit = DIGITS.indexOf(char);
    if (digit < 0) return 0n;
    value = (value << 5n) | BigInt(digit);
  }
  return value >> 10n;
}

/** The next key of one destination: now, but always after its last one, so that keys sort in the order they were made. */
export function nextTid(nowMs: number, last: string | null, clockId = 0): string {
  const now = BigInt(Math.trunc(nowMs)) * 1000n;
  const floor = last === null ? 0n : tidMicros(last) + 1n;
  return tidAt(now > floor ? now : floor, clockId);
}
