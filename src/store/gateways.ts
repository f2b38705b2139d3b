import type { Millis } from "../domain/types.ts";
import type { Store } from "./open.ts";

export type Keeping = {
  /** The platform's account that the connection belongs to. */
  readonly account: string;
  /** This process. */
  readonly holder: string;
  readonly now: Millis;
  /** For how long it may be kept without a further word; then another process may take it over. */
  readonly lease: Millis;
};

/** Takes the one connection of an account, or goes on keeping it. False: another process has it. */
export async function keepGateway(store: Store, { account, holder, now, lease }: Keeping): Promise<boolean> {
  const written = await store.db
    .insertInto("gateways")
    .values({ account, holder, leaseUntil: now + lease })
    .onConflict((c) =>
      c
        .column("account")
        .doUpdateSet({ holder, leaseUntil: now + lease })
        .where((e) => e.or([e("gateways.holder", "=", holder), e("gateways.leaseUntil", "<=", now)])),
    )
    .executeTakeFirst();
  return written.numInsertedOrUpdatedRows === 1n;
}

/** Where the connection broke off, for whoever takes it up again; null: it has to begin anew. */
export async function readGateway(store: Store, account: string): Promise<string | null> {
  const row = await store.db
    .selectFrom("gateways")
    .select("session")
    .where("account", "=", account)
    .executeTakeFirst();
  return row?.session ?? null;
}

/** Notes how far the connection is; only its keeper may. */
export async function writeGateway(
  store: Store,
  { account, holder }: Pick<Keeping, "account" | "holder">,
  session: string | null,
): Promise<void> {
  await store.db
    .updateTable("gateways")
    .set({ session })
    .where("account", "=", account)
    .where("holder", "=", holder)
    .execute();
}

/** The keeper ends: another process need not wait. */
export async function leaveGateway(
  store: Store,
  { account, holder }: Pick<Keeping, "account" | "holder">,
): Promise<void> {
  await store.db
    .updateTable("gateways")
    .set({ leaseUntil: 0 })
    .where("account", "=", account)
    .where("holder", "=", holder)
    .execute();
}
