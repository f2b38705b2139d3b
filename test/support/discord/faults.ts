import type { ApiError } from "./errors.ts";
import type { RouteName } from "./routes.ts";

/** What can go wrong with the next call of a route. "created" faults do what was asked and then lose the answer. */
export type Fault =
  /** Nothing goes wrong with this call. */
  | { readonly kind: "none" }
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
  /** What was played so far, in short: "create: 429 global". */
  readonly played: readonly string[];
};

/** Faults wait in line for the calls of their route, one each. */
export function openFaults(): Faults {
  const lines = new Map<RouteName, Fault[]>();
  const played: string[] = [];
  return {
    add: (route, fault, times) => {
      lines.set(route, [...(lines.get(route) ?? []), ...Array.from({ length: times }, () => fault)]);
    },
    next: (route) => {
      const fault = lines.get(route)?.shift();
      if (fault === undefined || fault.kind === "none") return null;
      played.push(`${route}: ${labelOf(fault)}`);
      return fault;
    },
    clear: () => lines.clear(),
    played,
  };
}

function labelOf(fault: Fault): string {
  if (fault.kind === "429") return `429 ${fault.scope}`;
  if (fault.kind === "error") return String(fault.error.status);
  return fault.kind === "5xx" ? String(fault.status) : fault.kind;
}
