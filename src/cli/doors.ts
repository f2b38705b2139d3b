import type { ConfigProblem } from "../domain/types.ts";
import type { Done, Operator } from "../operator/operator.ts";
import type { InitAnswers } from "../operator/init.ts";
import type { Asker } from "./ask.ts";
import type { Terminal } from "./terminal.ts";

/** What every command may be told. */
export type GlobalOptions = { readonly config?: string; readonly data?: string; readonly json?: boolean };

export type Opened = AsyncDisposable & {
  readonly operator: Operator;
  readonly sample: boolean;
  readonly warnings: readonly ConfigProblem[];
};

export type Running = AsyncDisposable & {
  readonly operator: Operator;
  readonly sample: boolean;
  readonly pageUrl: string | null;
};

/** How the commands reach the program; `main` puts `app` behind it. */
export type Doors = {
  readonly terminal: Terminal;
  /** Null: nobody is there to be asked. */
  readonly ask: Asker | null;
  /** Opens the store and everything else for one command. */
  readonly open: (options: GlobalOptions) => Promise<Opened>;
  /** The same, with a store that is forgotten: for commands that only look. `allow` replaces what the config allows. */
  readonly openAside: (options: GlobalOptions, allow: readonly string[] | null) => Promise<Opened>;
  /** Starts the schedule and the page. */
  readonly run: (options: GlobalOptions) => Promise<Running>;
  /** Puts a copy in the place of the store. */
  readonly restore: (options: GlobalOptions, file: string) => Promise<Done>;
  /** The config file that `init` would write, if it is there already, and whether an .env is. */
  readonly existing: (
    options: GlobalOptions,
  ) => Promise<{ readonly config: string | null; readonly env: boolean }>;
  /** Writes config/bulletin.yaml and .env; never over what is there. */
  readonly writeConfig: (options: GlobalOptions, answers: InitAnswers) => Promise<readonly string[]>;
  /** Aborts when the program is told to end. */
  readonly signal: AbortSignal;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};
