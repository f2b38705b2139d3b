import type { Clock, Millis } from "../domain/types.ts";
import type { DeliveryRow } from "../store/tables.ts";

/**
 * When this process made the attempts whose outcome it does not know, by its monotonic clock: the wall clock may be set
 * meanwhile, and then says nothing of how long ago something was. Of what other processes did after this one began it
 * knows nothing; they share a store only where their clocks agree.
 */
export type Attempts = {
  /** One begins. `isFirst`: none was ever made before, and its nonce can be trusted as long as it is measured here. */
  readonly begin: (row: DeliveryRow, isFirst: boolean) => void;
  /** How long ago the first one was, if this process made it. */
  readonly sinceFirst: (row: DeliveryRow) => Millis | null;
  /** How long ago the last one was, likewise. */
  readonly sinceLast: (row: DeliveryRow) => Millis | null;
  /** How long this process has run. */
  readonly sinceStart: () => Millis;
  /** Their outcome is known, or somebody else's business. */
  readonly forget: (row: DeliveryRow) => void;
};

type Made = { readonly first: Millis | null; readonly last: Millis; readonly attempt: number };

export function openAttempts({ monotonic }: Clock): Attempts {
  const begunAt = monotonic();
  const made = new Map<string, Made>();
  return {
    begin: (row, isFirst) => {
      const last = monotonic();
      const first = isFirst ? last : (made.get(keyOf(row))?.first ?? null);
      made.set(keyOf(row), { first, last, attempt: row.attempt });
    },
    sinceFirst: (row) => {
      const first = made.get(keyOf(row))?.first ?? null;
      return first === null ? null : monotonic() - first;
    },
    sinceLast: (row) => {
      const own = made.get(keyOf(row));
      return own?.attempt === row.attempt ? monotonic() - own.last : null;
    },
    sinceStart: () => monotonic() - begunAt,
    forget: (row) => void made.delete(keyOf(row)),
  };
}

const keyOf = ({ destinationId, key }: DeliveryRow): string => `${destinationId} ${key}`;
