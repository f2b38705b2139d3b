/** What hostile input costs the running bot: `npm run hostile -- [NAME...]`, the cases whose names hold one of these. */
import { cases } from "./cases.ts";
import { measure } from "./measure.ts";

const MOST_HELD_MS = 50;
const MOST_GROWTH_MB = 64;

const wanted = process.argv.slice(2);
const chosen = cases.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
process.stdout.write(
  `${"case".padEnd(52)}${"held".padStart(9)}${"growth".padStart(9)}${"memory".padStart(9)}\n`,
);
await measure(chosen, ({ name }, { heldMs, growthMb, residentMb }) => {
  const over = heldMs > MOST_HELD_MS || growthMb > MOST_GROWTH_MB;
  if (over) process.exitCode = 1;
  const cells = [`${heldMs.toFixed(0)} ms`, `${growthMb.toFixed(0)} MB`, `${residentMb.toFixed(0)} MB`];
  process.stdout.write(
    `${name.padEnd(52)}${cells.map((cell) => cell.padStart(9)).join("")}${over ? "  OVER" : ""}\n`,
  );
});
