/**
 * What a person can mend: a setting, a permission, a token. The message is shown as it is, in the admin's words,
 * and says how to mend it; any other exception is a bug and is shown as "internal error".
 */
export class AdminError extends Error {
  override readonly name = "AdminError";
}

/** The message of anything thrown, as one line of data. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.replaceAll(/\s+/g, " ").trim().slice(0, 500);
}
