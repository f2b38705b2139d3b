import { z } from "zod";

/**
 * What we read of the gateway's messages (https://docs.discord.com/developers/events/gateway-events); all else in them
 * is ignored.
 */
const snowflake = z.string().regex(/^\d{1,20}$/);

export const OP = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  resume: 6,
  reconnect: 7,
  invalidSession: 9,
  hello: 10,
  heartbeatAck: 11,
} as const;

export const frame = z.object({
  op: z.number(),
  d: z.unknown(),
  s: z.number().nullish(),
  t: z.string().nullish(),
});

export const hello = z.object({ heartbeat_interval: z.number().positive() });

export const ready = z.object({ session_id: z.string().min(1), resume_gateway_url: z.string().min(1) });

/** The answer to GET /gateway/bot. */
export const gatewayReply = z.object({
  url: z.string().min(1),
  session_start_limit: z.object({ remaining: z.number(), reset_after: z.number() }),
});

/** A click on a button (3) or a modal that was sent off (5); it stands in a path, so its token is looked at. */
export const interaction = z.object({
  id: snowflake,
  token: z.string().regex(/^[\w.~-]{1,512}$/),
  application_id: snowflake,
  type: z.union([z.literal(3), z.literal(5)]),
  channel_id: snowflake,
  member: z
    .object({
      permissions: z.string().regex(/^\d{1,30}$/),
      user: z.object({ id: snowflake, username: z.string() }),
    })
    .optional(),
  data: z.object({
    custom_id: z.string(),
    components: z
      .array(
        z.object({ component: z.object({ custom_id: z.string(), value: z.string().optional() }).optional() }),
      )
      .nullish()
      .catch(null),
  }),
});

export type Interaction = z.infer<typeof interaction>;
