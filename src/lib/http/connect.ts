import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { buildConnector } from "undici";
import type { Limits } from "../../domain/types.ts";
import { failure, seconds } from "./failure.ts";
import type { Guard, Target } from "./guard.ts";
import { bare } from "./guard.ts";

/** Every address of a host name, best first. Rejects when there is none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** What the machine itself would use: hosts file, then DNS. */
export const systemResolve: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/**
 * How an undici agent makes connections: the name is resolved once, every one of its addresses is shown to the guard,
 * and just these are dialled. undici asks this for literals, redirects and names alike (a `lookup` hook alone never
 * sees a literal). DNS may take `dnsMs`, TCP and TLS together `connectMs`.
 */
export function guardedConnector(guard: Guard, limits: Limits, resolve: Resolve): buildConnector.connector {
  const connect: AsyncConnector = async (options, callback) => {
    const hostname = bare(options.hostname);
    const port = Number(options.port) || (options.protocol === "https:" ? 443 : 80);
    let addresses: readonly string[];
    try {
      addresses = await checkedAddresses({ hostname, port }, guard, limits, resolve);
    } catch (error) {
      callback(error instanceof Error ? error : failure(String(error)), null);
      return;
    }
    dialOnly(addresses, limits)({ ...options, hostname }, callback);
  };
  return (options, callback) => void connect(options, callback);
}

type AsyncConnector = (...args: Parameters<buildConnector.connector>) => Promise<void>;

/** The addresses behind a target; throws when there is none, or when a single one of them must not be dialled. */
async function checkedAddresses(
  target: Target,
  guard: Guard,
  limits: Limits,
  resolve: Resolve,
): Promise<readonly string[]> {
  const name = target.hostname;
  const addresses = isIP(name) === 0 ? await resolveInTime(name, limits, resolve) : [name];
  if (addresses.length === 0) throw failure(`there is no host named ${name}`);
  for (const address of addresses) {
    const refusal = guard.refuseAddress(target, address);
    if (refusal !== null) throw failure(refusal);
  }
  return addresses;
}

async function resolveInTime(name: string, limits: Limits, resolve: Resolve): Promise<readonly string[]> {
  const deadline = AbortSignal.timeout(limits.dnsMs);
  const late = Promise.withResolvers<never>();
  deadline.addEventListener("abort", () =>
    late.reject(failure(`the name ${name} was not resolved within ${seconds(limits.dnsMs)}`)),
  );
  return Promise.race([resolve(name).catch((error: unknown) => unresolved(name, error)), late.promise]);
}

function unresolved(name: string, error: unknown): never {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  throw failure(
    code === "ENOTFOUND" || code === "ENODATA"
      ? `there is no host named ${name}`
      : `the name ${name} could not be resolved (${code || "no answer"})`,
  );
}

/** A connector of one connection, so that the addresses that were checked are the ones that are dialled. */
function dialOnly(addresses: readonly string[], limits: Limits): buildConnector.connector {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_hostname, { all }, callback) => {
    const [first] = found;
    if (all === true || first === undefined) callback(null, found);
    else callback(null, first.address, first.family);
  };
  return buildConnector({ allowH2: false, maxCachedSessions: 0, timeout: limits.connectMs, lookup });
}
