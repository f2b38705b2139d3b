/** The thread in which large documents are read; reader.ts starts it, lib/thread.ts watches it and ends it. */
import type { Limits } from "../domain/types.ts";
import { answerJobs, type Done } from "../lib/thread-jobs.ts";
import { readDocument, type ReadResult, type Source } from "./document.ts";

export type Job = { readonly source: Source; readonly limits: Limits };

answerJobs(({ source, limits }: Job): Done<ReadResult> => ({
  kind: "done",
  result: readDocument(source, limits),
}));
