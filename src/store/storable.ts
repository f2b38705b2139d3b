/**
 * A value as both engines store it alike: PostgreSQL refuses U+0000 in a text and a fraction in a whole number (a
 * server's wait of 0.3 ms); SQLite would keep both. The readers of foreign text drop U+0000 themselves: this is the net.
 */
export function storable(value: unknown): unknown {
  if (typeof value === "string") return value.includes("\0") ? value.replaceAll("\0", "") : value;
  return typeof value === "number" ? Math.ceil(value) : value;
}
