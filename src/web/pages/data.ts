import type { Json } from "../../domain/types.ts";

/** One post, to be drawn as its platform draws it. Times are ISO 8601; any other text is shown as it stands. */
export type PagePost = {
  readonly look: "discord" | "bluesky";
  /** A channel's name or an account's handle. */
  readonly destination: string;
  /** "sent" is not remarked upon, every other state is. */
  readonly state: string;
  readonly at: string;
  /** Discord's message body or Bluesky's post record, as composed. */
  readonly payload: Json;
  /** Its picture is served at /image/KEY. */
  readonly imageKey: string | null;
  /** Where it stands on its platform. */
  readonly url: string | null;
};

/** All that the page shows, as text ready to be read. */
export type PageData = {
  readonly title: string;
  readonly posts: readonly PagePost[];
  readonly held: readonly {
    readonly title: string;
    readonly url: string;
    readonly reason: string;
    readonly commands: readonly string[];
  }[];
  readonly feeds: readonly {
    readonly name: string;
    readonly state: string;
    readonly lastPoll: string;
    readonly nextPoll: string;
    readonly reason: string | null;
  }[];
  /** How many feeds are not listed; those that need a look are listed first. */
  readonly moreFeeds: number;
  readonly destinations: readonly {
    readonly name: string;
    readonly state: string;
    readonly pending: number;
    readonly sent: number;
    readonly reason: string | null;
  }[];
};
