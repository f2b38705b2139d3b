import type { Clock, Millis } from "../domain/types.ts";
import type { DeliveryRow } from "../store/tables.ts";

/**
 * When this process made the attempts whose outcome it does not know, by its monotonic clock: the wall clock may be set
 * meanwhile, and says nothing of how long ago something was.
 */
export type Attempts = {
  /** One begins. `isFirst`: none was ever made before, and its nonce can be trusted as long as it is measured here. */
  readonly begin: (row: DeliveryRow, isFirst: boolean) => void;
  /** How long ago the first one was, if this process made it. */
  readonly sinceFirst: (row: DeliveryRow) => Millis | null;
  /** How long ago our last one was; if we made none, how long we have run: what stood in the store then is older. */
  readonly sinceLast: (row: DeliveryRow) => Millis;
  /** How long this process has run. */
  readonly sinceStart: () => Millis;
  /** Their outcome is known. */
  readonly forget: (row: DeliveryRow) => void;
};

export function openAttempts({ monotonic }: Clock): Attempts {
  const begunAt = monotonic();
  const known = new Map<string, { readonly first: Millis | null; readonly last: Millis }>();
  const sinceStart = (): Millis => monotonic() - begunAt;
  return {
    begin: (row, isFirst) => {
      const last = monotonic();
      known.set(keyOf(row), { first: isFirst ? last : (known.get(keyOf(row))?.first ?? null), last });
    },
    sinceFirst: (row) => {
      const first = known.get(keyOf(row))?.first ?? null;
      return first === null ? null : monotonic() - first;
    },
    sinceLast: (row) => {
      const last = known.get(keyOf(row))?.last;
      return last === undefined ? sinceStart() : monotonic() - last;
    },
    sinceStart,
    forget: (row) => void known.delete(keyOf(row)),
  };
}

const keyOf = ({ destinationId, key }: DeliveryRow): string => `${destinationId} ${key}`;
