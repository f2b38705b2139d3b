import { held } from "../operator/holds.ts";
import { recentPosts } from "../operator/page.ts";
import { status } from "../operator/status.ts";
import type { Doors, GlobalOptions, Running } from "./doors.ts";
import { showHeld } from "./show.ts";
import { painter, safe, safeLines } from "./terminal.ts";

/** Runs until the program is told to end. With the sample it also shows the posts, what is held, and what to do next. */
export async function run(doors: Doors, options: GlobalOptions): Promise<number> {
  await using running = await doors.run(options);
  if (running.sample) await showSample(doors, running);
  else
    doors.terminal.error(
      `Bulletin runs.${running.pageUrl === null ? "" : ` Its page: ${running.pageUrl}`}\n`,
    );
  const moved = await Promise.race([aborted(doors.signal), running.operator.schedule.moved]);
  if (moved !== null) throw moved;
  doors.terminal.error("Ending: what is under way is finished first.\n");
  return 0;
}

async function aborted(signal: AbortSignal): Promise<null> {
  if (!signal.aborted)
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  return null;
}

async function showSample(doors: Doors, running: Running): Promise<void> {
  const { terminal } = doors;
  const paint = painter(terminal);
  terminal.out("No config/bulletin.yaml yet: this is the sample newsroom. Nothing leaves this machine.\n\n");
  await settled(doors, running);
  for (const post of (await recentPosts(running.operator)).toReversed())
    terminal.out(
      `${paint("bold", post.platform === "bluesky" ? "Bluesky" : "Discord")}\n${safeLines(post.preview ?? "", "  │ ")}\n\n`,
    );
  const waiting = await held(running.operator);
  terminal.out(
    `${waiting.length === 0 ? "Nothing was held." : `Held, until you decide (in another terminal; bulletin is npx bulletin):\n${showHeld(waiting, running.operator.context.config().timezone, paint)}`}\n\n`,
  );
  const next = [
    ["See them drawn", running.pageUrl ?? "(the page is off)"],
    ["Preview your own site", "npx bulletin preview https://your.site"],
    ["Go live", "npx bulletin init"],
  ];
  for (const [what, how] of next)
    terminal.out(`${paint("green", "→")} ${(what ?? "").padEnd(22)} ${safe(how ?? "")}\n`);
}

/** Waits until every entry of the sample is posted or held. */
async function settled({ signal, sleep }: Doors, { operator }: Running): Promise<void> {
  while (!signal.aborted) {
    const { entries, destinations } = await status(operator);
    const polled = Object.keys(entries).length > 0;
    const waiting =
      (entries["new"] ?? 0) + destinations.reduce((sum, row) => sum + (row.counts["pending"] ?? 0), 0);
    if (polled && waiting === 0) return;
    await sleep(100, signal);
  }
}
