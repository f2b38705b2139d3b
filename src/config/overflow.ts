import { read, wrong, type Reading } from "./reading.ts";

/** Fewer than two listed posts would be no list: the newest two always go out by themselves. */
const LEAST = 3;
const MOST = 1000;

/** `overflow`: a number, or off (null). */
export function readOverflow(value: string | number): Reading<number | null> {
  if (value === "off") return read(null);
  const number = Number(value);
  return Number.isInteger(number) && number >= LEAST && number <= MOST
    ? read(number)
    : wrong(`"${value}" is no number of posts`, `Write a number from ${LEAST} to ${MOST}, or off.`);
}
