import type { Article, CheckAction, CheckName, CheckResult, CheckSettings, Millis } from "../domain/types.ts";
import { boilerplate, isBoilerplatePoint } from "./checks/boilerplate.ts";
import { age, futureDate } from "./checks/dates.ts";
import { type Finding, hit } from "./checks/finding.ts";
import { headline } from "./checks/headline.ts";
import { foreignDomain, missingLink } from "./checks/link.ts";
import { mention } from "./checks/mention.ts";
import { relativeTime, type Sending } from "./checks/relative-time.ts";

export { writtenAt } from "./checks/dates.ts";

/** How the checks are set, and which of them an admin released the article from. */
export type Asking = { readonly settings: CheckSettings; readonly released: ReadonlySet<string> };

/** What is known of an entry before its article is read. */
export type Listing = {
  readonly link: string | null;
  readonly published: Millis | null;
  readonly firstSeenAt: Millis;
  readonly now: Millis;
  /** The feed's. */
  readonly maxAge: Millis;
};

/** An article and the addresses of its feed and site; none when it is looked at by itself. */
export type Reading = { readonly article: Article; readonly home: readonly string[] };

type Checks<T> = readonly (readonly [CheckName, (subject: T) => Finding])[];

const OF_LISTING: Checks<Listing> = [
  ["missing_link", missingLink],
  ["future_date", futureDate],
  ["age", age],
];

const OF_ARTICLE: Checks<Reading> = [
  ["headline", ({ article }) => headline(article)],
  ["mention", ({ article }) => mention(postedTexts(article))],
  ["sponsored", ({ article }) => said(article.sponsored, "paid for by somebody")],
  ["paywall", ({ article }) => said(article.paywall, "readers must pay for it")],
  ["foreign_domain", ({ article, home }) => foreignDomain({ ...article, home })],
  ["boilerplate", ({ article }) => boilerplate(article.keyPoints.points)],
];

const OF_SENDING: Checks<Sending> = [["relative_time", relativeTime]];

/** Looks at an entry before its article is read: link and dates. */
export const checkListing = (listing: Listing, asking: Asking): readonly CheckResult[] =>
  ask(OF_LISTING, listing, asking);

/** Looks at an article before it is posted, and leaves out of it what the settings want left out. */
export function checkArticle(
  reading: Reading,
  asking: Asking,
): { readonly article: Article; readonly results: readonly CheckResult[] } {
  const results = ask(OF_ARTICLE, reading, asking);
  const { article } = reading;
  if (!results.some(({ check, outcome }) => check === "boilerplate" && outcome === "left out"))
    return { article, results };
  const points = article.keyPoints.points.filter((point) => !isBoilerplatePoint(point));
  return { article: { ...article, keyPoints: { ...article.keyPoints, points } }, results };
}

/** Looks at a post right before its first attempt, at what may have changed while it waited. */
export const checkSending = (sending: Sending, asking: Asking): readonly CheckResult[] =>
  ask(OF_SENDING, sending, asking);

/** What became of a picture that cannot be posted. */
export const checkImage = (reason: string, asking: Asking): readonly CheckResult[] =>
  ask([["image", () => hit(`its picture: ${reason}`)]], null, asking);

/** Every check that is not off, in order; what found nothing leaves no row. */
function ask<T>(checks: Checks<T>, subject: T, { settings, released }: Asking): readonly CheckResult[] {
  return checks.flatMap(([check, look]): readonly CheckResult[] => {
    const action = settings[check];
    const finding = action === "off" ? null : look(subject);
    if (finding === null) return [];
    const { kind, reason } = finding;
    if (kind === "not checked") return [{ check, outcome: kind, reason }];
    const stops = action === "hold" || action === "skip" || action === "wait";
    return [{ check, outcome: stops && released.has(check) ? "released" : OUTCOMES[action], reason }];
  });
}

const OUTCOMES = {
  hold: "held",
  skip: "skipped",
  wait: "waits",
  omit: "left out",
  note: "noted",
  off: "noted",
} as const satisfies Record<CheckAction, CheckResult["outcome"]>;

const said = (mark: string | null | undefined, what: string): Finding =>
  mark === null || mark === undefined ? null : hit(`${what}: ${mark}`);

/** What composers may put into a post. */
const postedTexts = ({ title, description, firstSentences, keyPoints }: Article): readonly string[] => [
  title,
  ...keyPoints.points,
  description ?? firstSentences ?? "",
];
