import type { Agent } from "@atproto/api";
import type { CheckProblem } from "../../domain/types.ts";
import { errorName } from "./errors.ts";
import type { Ready } from "./session.ts";
import { PASSWORD_MEND } from "./session.ts";

const PROFILE = "app.bsky.actor.profile";
const SELF_LABELS = "com.atproto.label.defs#selfLabels";

type Profile = { readonly cid: string | null; readonly value: Readonly<Record<string, unknown>> };

/**
 * Whether the account is the one that was meant, can write, keeps its password for the day its session ends, and says
 * that it is a bot (the label is set when `botLabel` is true). Throws what `translate` understands.
 */
export async function checkAccount(
  { agent, session }: Ready,
  wanted: { readonly account: string; readonly hasPassword: boolean; readonly botLabel: boolean },
  signal: AbortSignal,
): Promise<readonly CheckProblem[]> {
  const { data } = await agent.com.atproto.server.getSession(undefined, { signal });
  return [
    ...identityProblems(wanted.account, data),
    ...(wanted.hasPassword ? [] : [passwordMissing(wanted.account)]),
    ...(await labelProblems(agent, session.did, wanted.botLabel, signal)),
  ];
}

function identityProblems(
  account: string,
  found: {
    readonly did: string;
    readonly handle: string;
    readonly active?: boolean;
    readonly status?: string;
  },
): readonly CheckProblem[] {
  const problems: CheckProblem[] = [];
  const name = account.startsWith("did:") ? found.did : found.handle.toLowerCase();
  if (name !== account)
    problems.push({
      what: `${account} is ${found.handle} (${found.did}) now`,
      mend: `Write ${found.handle} into the config, or log ${account} in again.`,
      severity: "error",
    });
  if (found.active === false)
    problems.push({
      what: `the account ${found.handle} is ${found.status ?? "not active"}`,
      mend: "Log in on https://bsky.app to see why and to reactivate it.",
      severity: "error",
    });
  return problems;
}

const passwordMissing = (account: string): CheckProblem => ({
  what: `no app password is set for ${account}: posting ends with the stored session`,
  mend: PASSWORD_MEND,
  severity: "hint",
});

/** Whether the profile says that it is a bot; with `set` it is made to. Empty when it does. */
export async function labelProblems(
  agent: Agent,
  did: string,
  set: boolean,
  signal: AbortSignal,
): Promise<readonly CheckProblem[]> {
  const profile = await readProfile(agent, did, signal);
  const labels = labelsOf(profile.value);
  if (labels.some((label) => label["val"] === "bot")) return [];
  if (set) return setLabel(agent, did, profile, labels, signal);
  const mend = "Set bot_label: true, and the profile says so from then on.";
  return [{ what: "the profile does not say that it is a bot", mend, severity: "hint" }];
}

async function readProfile(agent: Agent, did: string, signal: AbortSignal): Promise<Profile> {
  try {
    const where = { repo: did, collection: PROFILE, rkey: "self" };
    const { data } = await agent.com.atproto.repo.getRecord(where, { signal });
    return { cid: data.cid ?? null, value: data.value };
  } catch (error) {
    if (errorName(error) === "RecordNotFound") return { cid: null, value: { $type: PROFILE } };
    throw error;
  }
}

type Label = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Label => typeof value === "object" && value !== null;

function labelsOf(profile: Profile["value"]): readonly Label[] {
  const labels = profile["labels"];
  const values = isObject(labels) ? labels["values"] : [];
  return Array.isArray(values) ? values.filter(isObject) : [];
}

/** Adds the label and keeps all else; the swap refuses when someone edits the profile at the same time. */
async function setLabel(
  agent: Agent,
  did: string,
  profile: Profile,
  labels: readonly Label[],
  signal: AbortSignal,
): Promise<readonly CheckProblem[]> {
  const record = { ...profile.value, labels: { $type: SELF_LABELS, values: [...labels, { val: "bot" }] } };
  try {
    await agent.com.atproto.repo.putRecord(
      { repo: did, collection: PROFILE, rkey: "self", record, swapRecord: profile.cid },
      { signal },
    );
    return [];
  } catch (error) {
    if (errorName(error) !== "InvalidSwap") throw error;
    const mend = "Run check again.";
    return [{ what: "the profile was changed while its bot label was set", mend, severity: "hint" }];
  }
}
