/** An error as Discord's API tells it. */
export type ApiError = {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly errors?: unknown;
};

const error = (status: number, code: number, message: string): ApiError => ({ status, code, message });

/** https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
export const API_ERRORS = {
  unauthorized: error(401, 0, "401: Unauthorized"),
  badUserAgent: error(403, 40333, "internal network error"),
  notFound: error(404, 0, "404: Not Found"),
  unknownChannel: error(404, 10003, "Unknown Channel"),
  unknownGuild: error(404, 10004, "Unknown Guild"),
  unknownMember: error(404, 10007, "Unknown Member"),
  unknownMessage: error(404, 10008, "Unknown Message"),
  unknownWebhook: error(404, 10015, "Unknown Webhook"),
  unknownInteraction: error(404, 10062, "Unknown interaction"),
  alreadyAcknowledged: error(400, 40060, "Interaction has already been acknowledged."),
  missingAccess: error(403, 50001, "Missing Access"),
  otherAuthor: error(403, 50005, "Cannot edit a message authored by another user"),
  emptyMessage: error(400, 50006, "Cannot send an empty message"),
  noText: error(400, 50008, "Cannot send messages in a non-text channel"),
  missingPermissions: error(403, 50013, "Missing Permissions"),
  wrongChannelType: error(400, 50024, "Cannot execute action on this channel type"),
  tagRequired: error(400, 40067, "A tag is required to create a forum post in this channel"),
  archivedThread: error(400, 50083, "Thread is archived"),
  lockedThread: error(400, 160005, "Thread is locked"),
  alreadyCrossposted: error(400, 40033, "This message has already been crossposted"),
  notJson: error(400, 50109, "The request body contains invalid JSON."),
} as const;

/** "Invalid Form Body" with Discord's nested errors: each path leads to a list under `_errors`. */
export function invalidForm(
  problems: readonly {
    readonly path: readonly (string | number)[];
    readonly code: string;
    readonly message: string;
  }[],
): ApiError {
  const errors: Record<string, unknown> = {};
  for (const { path, code, message } of problems) {
    let node = errors;
    for (const step of path) node = (node[String(step)] ??= {}) as Record<string, unknown>;
    const list = (node["_errors"] ??= []) as unknown[];
    list.push({ code, message });
  }
  return { status: 400, code: 50035, message: "Invalid Form Body", errors };
}
