/** The thread in which large configs are read, and changed ones while the bot works; apart.ts starts it. */
import { answerJobs, type Done } from "../lib/thread-jobs.ts";
import { type ConfigText, judgeFiles } from "./judge.ts";
import { packConfig } from "./packed.ts";

export type Job = { readonly texts: readonly ConfigText[] };
/** What was found right comes packed: a thread hands a text over at once, a hundred thousand objects one by one. */
export type Result =
  | { readonly kind: "loaded"; readonly packed: string }
  | Exclude<ReturnType<typeof judgeFiles>, { kind: "loaded" }>;

answerJobs(({ texts }: Job): Done<Result> => {
  const judged = judgeFiles(texts);
  const result: Result = judged.kind === "loaded" ? { kind: "loaded", packed: packConfig(judged) } : judged;
  return { kind: "done", result };
});
