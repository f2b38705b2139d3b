import { AsyncLocalStorage } from "node:async_hooks";
import { StatementSync } from "node:sqlite";

type Pass = (sql: string) => void;

const passing = new AsyncLocalStorage<Pass>();

/** Runs work whose every statement, beginnings and ends of transactions too, passes here first; it may throw. */
export const watched = <T>(pass: Pass, work: () => T): T => passing.run(pass, work);

for (const name of ["run", "all"] as const) {
  const original = StatementSync.prototype[name] as (...args: readonly unknown[]) => unknown;
  const passed = function (this: StatementSync, ...args: readonly unknown[]): unknown {
    passing.getStore()?.(this.sourceSQL);
    return original.apply(this, [...args]);
  };
  Object.assign(StatementSync.prototype, { [name]: passed });
}
