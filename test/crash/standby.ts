// Loaded before the program (node --import): loads what the program will need, waits for its plan, and then kills it at
// a named point, fills its disk, or turns its clock. The program itself knows nothing of this.
import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import "@atproto/api";
import "../../src/cli/program.ts";
import "../../src/destinations/bluesky/send.ts";
import "../../src/destinations/discord/send.ts";
import "../../src/app.ts";
import { openLife, readPlan } from "./plan.ts";
import { watchRequests } from "./requests.ts";
import { watchDatabase } from "./statements.ts";

flushCompileCache();
writeSync(1, "ready\n");
const life = openLife(await readPlan());
watchDatabase(life);
watchRequests(life);
if (life.plan.engine === "postgres") {
  const { watchPostgres } = await import("./postgres.ts");
  watchPostgres(life);
}

const { clock } = life.plan;
if (clock !== null) {
  const { now } = Date;
  let jump = 0;
  Date.now = () => now() + jump;
  const turn = (): void => {
    jump = clock.jump;
    life.mark(`clock ${clock.jump < 0 ? "back" : "ahead"}`);
  };
  setTimeout(turn, clock.after).unref();
}
