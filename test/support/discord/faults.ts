import type { ApiError } from "./errors.ts";
import type { RouteName } from "./routes.ts";

/** What can go wrong with the next call of a route. "created" faults do what was asked and then lose the answer. */
export type Fault =
  | { readonly kind: "created-then-500" }
  | { readonly kind: "created-then-cut" }
  | { readonly kind: "created-then-hang" }
  /** The head and half of the body arrive, then nothing. */
  | { readonly kind: "created-then-half" }
  | { readonly kind: "cut" }
  | { readonly kind: "hang" }
  | { readonly kind: "slow"; readonly ms: number }
  | { readonly kind: "error"; readonly error: ApiError }
  | { readonly kind: "5xx"; readonly status: number }
  /** A page from something before Discord. */
  | { readonly kind: "html"; readonly status: number }
  | { readonly kind: "429"; readonly scope: "user" | "shared" | "global"; readonly retryAfter: number };

export type Faults = {
  readonly add: (route: RouteName, fault: Fault, times: number) => void;
  readonly next: (route: RouteName) => Fault | null;
  readonly clear: () => void;
};

/** Faults wait in line for the calls of their route, one each. */
export function openFaults(): Faults {
  const lines = new Map<RouteName, Fault[]>();
  return {
    add: (route, fault, times) => {
      lines.set(route, [...(lines.get(route) ?? []), ...Array.from({ length: times }, () => fault)]);
    },
    next: (route) => lines.get(route)?.shift() ?? null,
    clear: () => lines.clear(),
  };
}
