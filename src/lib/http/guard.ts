import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import type { Config } from "../../domain/types.ts";

/** One entry of `network.allow`, read: a host name or address, or a range; `port` null opens every port. */
export type AllowEntry =
  | { readonly kind: "host"; readonly host: string; readonly port: number | null }
  | { readonly kind: "range"; readonly range: [ipaddr.IPv4 | ipaddr.IPv6, number] };

/** Where a connection would go: the name or literal of the URL, and the port. */
export type Target = { readonly hostname: string; readonly port: number };

export type Guard = {
  /** Why this URL must not be asked, as far as it can be told without DNS; null: it may. */
  readonly refuseUrl: (url: URL) => string | null;
  /** Why no connection to `address` may be made for this target; null: it may. */
  readonly refuseAddress: (target: Target, address: string) => string | null;
  /** The config names this very host or address (a range names nobody). */
  readonly isNamed: (target: Target) => boolean;
};

/**
 * Reads an entry of `network.allow`: `feeds.internal`, `localhost`, `127.0.0.1:8085`, `[::1]:8085`, `10.0.0.0/8`.
 * Null when it is none of these.
 */
export function allowEntry(text: string): AllowEntry | null {
  const entry = text.trim();
  if (ipaddr.isValidCIDR(entry)) return { kind: "range", range: ipaddr.parseCIDR(entry) };
  const [, host, port] = /^(\[[^\]]+\]|[^:/]+)(?::(\d{1,5}))?$/u.exec(entry) ?? [];
  const hostname = URL.parse(`http://${host ?? (isIP(entry) === 6 ? `[${entry}]` : "")}/`)?.hostname;
  if (!hostname) return null;
  return { kind: "host", host: comparable(hostname), port: port === undefined ? null : Number(port) };
}

/** `network.allow` names the host of this address: it is the operator's own, and manners towards others don't count. */
export function isOwnHost(network: Config["network"], address: string): boolean {
  if (network.allow.length === 0) return false;
  const isOwn = ownHosts.get(network) ?? openOwnHosts(openGuard(network));
  ownHosts.set(network, isOwn);
  return isOwn(address);
}

const ownHosts = new WeakMap<Config["network"], (address: string) => boolean>();

/** It is asked of the same addresses at every poll: each is read once. */
function openOwnHosts({ isNamed }: Guard): (address: string) => boolean {
  const told = new Map<string, boolean>();
  return (address) => {
    const known = told.get(address);
    if (known !== undefined) return known;
    const url = URL.parse(address);
    const isOwn = url !== null && isNamed({ hostname: url.hostname, port: portOf(url) });
    told.set(address, isOwn);
    return isOwn;
  };
}

/** The port that a URL means. */
export const portOf = (url: URL): number => Number(url.port) || (url.protocol === "https:" ? 443 : 80);

/**
 * The guard of one config: http and https only, no user name, the usual ports, and only addresses that anyone on the
 * internet may reach, save for what `network` opens. Whoever dials must ask `refuseAddress` for the literal in the
 * URL, or for every address that DNS gave, and must dial exactly these.
 */
export function openGuard(network: Config["network"]): Guard {
  const entries = network.allow.map(allowEntry).filter((entry) => entry !== null);
  const ports = new Set([80, 443, ...network.ports]);

  const named = entries.filter((entry) => entry.kind === "host");
  const isNamed = ({ hostname, port }: Target): boolean => {
    if (named.length === 0) return false;
    const host = comparable(hostname);
    return named.some((entry) => entry.host === host && (entry.port ?? port) === port);
  };
  const isOpened = (address: string, port: number): boolean =>
    isNamed({ hostname: address, port }) ||
    entries.some((entry) => entry.kind === "range" && within(address, entry.range));

  const refuseAddress = (target: Target, address: string): string | null => {
    if (isNamed(target) || isOpened(address, target.port)) return null;
    if (!ports.has(target.port)) return `port ${target.port} is not open (network.ports opens it)`;
    if (isPublic(address)) return null;
    const name = bare(target.hostname);
    return isIP(name) === 0
      ? `${name} stands for the private address ${address} (network.allow opens it)`
      : `the address ${address} is private (network.allow opens it)`;
  };

  const refuseUrl = (url: URL): string | null => {
    if (url.protocol !== "http:" && url.protocol !== "https:")
      return `${url.protocol} addresses are not fetched (only http and https)`;
    if (url.username !== "" || url.password !== "") return "an address with a user name in it is not fetched";
    const literal = bare(url.hostname);
    return isIP(literal) === 0 ? null : refuseAddress({ hostname: url.hostname, port: portOf(url) }, literal);
  };

  return { refuseUrl, refuseAddress, isNamed };
}

/** An IPv6 literal without its brackets; anything else as it is. */
export const bare = (hostname: string): string =>
  hostname.startsWith("[") ? hostname.replace(/^\[(.*)\]$/u, "$1") : hostname;

/** Two spellings of one host or address become one: no brackets, no trailing dot, IPv4 out of its IPv6 mapping. */
function comparable(hostname: string): string {
  const host = bare(hostname);
  const name = (host.endsWith(".") ? host.slice(0, -1) : host).toLowerCase();
  return isIP(name) === 6 ? ipaddr.process(name).toString() : name;
}

function within(text: string, range: [ipaddr.IPv4 | ipaddr.IPv6, number]): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.process(text);
  return address.kind() === range[0].kind() && address.match(range);
}

/**
 * Whether anyone on the internet may be meant by this address. IPv6 that carries an IPv4 address (RFC 4291 mapped,
 * 6052, 8215, 3056, 4380) is as public as that one; of the rest only 2000::/3 is given out as global unicast (IANA),
 * which leaves out ::/96.
 */
export function isPublic(text: string): boolean {
  if (isIP(text) === 0 || text.includes("%")) return false;
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv4) return address.range() === "unicast";
  const inside = embeddedIPv4(address);
  if (inside !== null) return inside.range() === "unicast";
  return address.range() === "unicast" && within(text, GLOBAL_UNICAST);
}

const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3");

/** The IPv4 address that a translated or tunnelled IPv6 address stands for; null when it is none, or none can tell. */
function embeddedIPv4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const bytes = address.toByteArray();
  const range: string = address.range();
  if (range === "6to4") return new ipaddr.IPv4(bytes.slice(2, 6));
  if (range === "teredo") return new ipaddr.IPv4(bytes.slice(12).map((byte) => byte ^ 0xff));
  // In 64:ff9b:1::/48 a network may translate with a longer prefix of its own: then nobody else can tell which bytes.
  const plain = range === "rfc6052" && bytes.slice(6, 12).every((byte) => byte === 0);
  return plain ? new ipaddr.IPv4(bytes.slice(12)) : null;
}
