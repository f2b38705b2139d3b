// The package ships its zod schemas without types: these are the ones the stand-in uses.
declare module "discord-api-spec/zod" {
  type Issue = {
    readonly path: readonly PropertyKey[];
    readonly code?: string | undefined;
    readonly message: string;
  };
  type Schema = {
    readonly parse: (value: unknown) => unknown;
    readonly safeParse: (
      value: unknown,
    ) =>
      | { readonly success: true }
      | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
  };
  export const CreateForumThreadRequestSchema: Schema;
  export const CreatedThreadResponseSchema: Schema;
  export const CreateMessageInteractionCallbackRequestSchema: Schema;
  export const ErrorSchema: Schema;
  export const GatewayBotResponseSchema: Schema;
  export const GuildChannelResponseSchema: Schema;
  export const GuildMemberResponseSchema: Schema;
  export const GuildResponseSchema: Schema;
  export const IncomingWebhookInteractionRequestSchema: Schema;
  export const MessageCreateRequestSchema: Schema;
  export const MessageEditRequestPartialSchema: Schema;
  export const MessageResponseSchema: Schema;
  export const ModalInteractionCallbackRequestSchema: Schema;
  export const RatelimitedResponseSchema: Schema;
  export const ThreadResponseSchema: Schema;
  export const ThreadsResponseSchema: Schema;
  export const UpdateMessageInteractionCallbackRequestSchema: Schema;
  export const UpdateThreadRequestPartialSchema: Schema;
  export const UserPIIResponseSchema: Schema;
}
