import { Client } from "pg";
import type { Life } from "./plan.ts";
import { openCommits, openWork } from "./statements.ts";

type Query = (this: Client, ...args: readonly unknown[]) => unknown;

/** Watches every statement of the PostgreSQL client: a commit's answer is the point after it. */
export function watchPostgres(life: Life): void {
  const connections = new WeakMap<Client, (sql: string) => boolean>();
  const look = openWork(life);
  const query = Reflect.get(Client.prototype, "query") as Query;
  const watched: Query = function (this: Client, ...args) {
    const [asked] = args as readonly [string | { readonly text?: string }];
    const sql = (typeof asked === "string" ? asked : asked.text) ?? "";
    const commits = connections.get(this) ?? openCommits();
    connections.set(this, commits);
    look(sql);
    const commit = commits(sql);
    if (commit) life.pass("before commit");
    const answer = query.apply(this, [...args]);
    if (!commit || !(answer instanceof Promise)) return answer;
    return answer.then((value: unknown) => {
      life.pass("after commit");
      return value;
    });
  };
  Object.assign(Client.prototype, { query: watched });
}
