import type {
  Destination,
  FindResult,
  FrozenDelivery,
  Json,
  Post,
  RecentResult,
  RemoteRef,
  SendResult,
  Summary,
} from "../../src/domain/types.ts";

/** A destination whose answers a test writes down; what it was asked is kept. */
export type Scripted = Destination & {
  /** Everything that `send` was given, in order. */
  readonly sends: FrozenDelivery[];
  readonly finds: FrozenDelivery[];
  readonly removed: RemoteRef[];
  readonly published: RemoteRef[];
  /** The answers to come. */
  readonly script: {
    send: (delivery: FrozenDelivery, isOver: () => boolean) => SendResult | Promise<SendResult>;
    find: (delivery: FrozenDelivery) => FindResult;
    remove: () => SendResult;
    publish: () => SendResult | Promise<SendResult>;
    recent: (since: number) => RecentResult;
  };
};

export const sent = ({ key }: { readonly key: string }): SendResult => ({
  kind: "sent",
  ref: { id: `message-${key}`, url: `https://platform.example/post/${key}`, cid: null },
});

/** Posts are one line, the title, so that tests can read them. */
const compose = (summary: Summary): readonly Post[] => [
  {
    platform: "preview",
    payload: {
      title: summary.title,
      url: summary.url,
      keyPoints: summary.keyPoints,
      image: summary.image?.sourceUrl ?? null,
    } satisfies Json,
    image: null,
    text: summary.title,
  },
];

/** One post that lists several: their titles, with a bar between. */
const listOf = (summaries: readonly Summary[]): Post => ({
  platform: "preview",
  payload: summaries.map(({ url }) => url),
  image: null,
  text: summaries.map(({ title }) => title).join(" | "),
});

/** Answers "sent" to everything until its script is changed. */
export function scripted(
  id: string,
  options: {
    readonly resend?: Destination["resend"];
    /** How many a post can list. */
    readonly fits?: number;
  } = {},
): Scripted {
  const made: Omit<Scripted, keyof Destination> = {
    sends: [],
    finds: [],
    removed: [],
    published: [],
    script: {
      send: sent,
      find: () => ({ kind: "absent" }),
      remove: () => ({ kind: "sent", ref: { id: "", url: null, cid: null } }),
      publish: () => ({ kind: "sent", ref: { id: "", url: null, cid: null } }),
      recent: () => ({ kind: "read", posts: [] }),
    },
  };
  return {
    ...made,
    id,
    platform: "preview",
    name: id,
    resend: options.resend ?? "always",
    compose,
    composeOverflow: (summaries) => ({
      listed: Math.min(summaries.length, options.fits ?? summaries.length),
      post: listOf(summaries.slice(0, options.fits)),
    }),
    send: async (delivery, _signal, isOver = () => false) => {
      made.sends.push(delivery);
      return await made.script.send(delivery, isOver);
    },
    find: async (delivery) => {
      made.finds.push(delivery);
      return made.script.find(delivery);
    },
    recent: async (since) => made.script.recent(since),
    publish: async (ref) => {
      made.published.push(ref);
      return await made.script.publish();
    },
    remove: async (ref) => {
      made.removed.push(ref);
      return made.script.remove();
    },
    check: async () => [],
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The titles that a destination was sent, in order. */
export const titles = ({ sends }: Scripted): readonly string[] => sends.map(({ post }) => post.text);
