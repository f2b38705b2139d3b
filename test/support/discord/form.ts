import {
  CreateForumThreadRequestSchema,
  MessageCreateRequestSchema,
  MessageEditRequestPartialSchema,
} from "discord-api-spec/zod";
import type { ApiError } from "./errors.ts";
import { API_ERRORS, invalidForm } from "./errors.ts";

/** A message body that passed all checks. */
export type MessageForm = {
  readonly content?: string | null;
  readonly embeds?: readonly EmbedForm[] | null;
  readonly components?: readonly ComponentForm[] | null;
  readonly allowed_mentions?: {
    readonly parse?: readonly string[];
    readonly roles?: readonly string[];
  } | null;
  readonly nonce?: string | number | null;
  readonly enforce_nonce?: boolean | null;
  readonly flags?: number | null;
};

/** A row, or a button in it. */
export type ComponentForm = {
  readonly type: number;
  readonly custom_id?: string;
  readonly label?: string;
  readonly style?: number;
  readonly components?: readonly ComponentForm[];
};

export type EmbedForm = {
  readonly title?: string | null;
  readonly url?: string | null;
  readonly description?: string | null;
  readonly timestamp?: string | null;
  readonly color?: number | null;
  readonly author?: {
    readonly name?: string | null;
    readonly url?: string | null;
    readonly icon_url?: string | null;
  } | null;
  readonly image?: { readonly url?: string | null; readonly description?: string | null } | null;
  readonly footer?: { readonly text?: string | null } | null;
  readonly fields?: readonly { readonly name: string; readonly value: string }[] | null;
};

type Problem = {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
};

export type Checked =
  | { readonly kind: "form"; readonly form: MessageForm }
  | { readonly kind: "error"; readonly error: ApiError };

/** Checks a body as Create Message does: the published schema, and the limits that it does not know. */
export function checkCreate(body: unknown): Checked {
  const parsed = MessageCreateRequestSchema.safeParse(body);
  return checked(body as MessageForm, parsed.success ? [] : parsed.error.issues, true);
}

/** The same for Edit Message, where missing parts stay as they are. */
export function checkEdit(body: unknown): Checked {
  const parsed = MessageEditRequestPartialSchema.safeParse(body);
  return checked(body as MessageForm, parsed.success ? [] : parsed.error.issues, false);
}

/** A forum's post that passed all checks but those of its forum. */
export type PostForm = {
  readonly name: string;
  readonly applied_tags?: readonly string[] | null;
  readonly message: MessageForm;
};

/** The same for Start Thread in Forum or Media Channel, whose message knows no nonce. */
export function checkPost(
  body: unknown,
): { readonly kind: "form"; readonly form: PostForm } | { readonly kind: "error"; readonly error: ApiError } {
  const parsed = CreateForumThreadRequestSchema.safeParse(body);
  if (!parsed.success)
    return { kind: "error", error: invalidForm(parsed.error.issues.map((issue) => problemOf(issue))) };
  const form = body as PostForm;
  const { nonce: _, enforce_nonce: __, ...message } = form.message;
  const problems = unwrittenRules(message).map((one) => ({ ...one, path: ["message", ...one.path] }));
  if (form.name.trim() === "")
    problems.push({ path: ["name"], code: "BASE_TYPE_REQUIRED", message: "This field is required" });
  if (problems.length > 0) return { kind: "error", error: invalidForm(problems) };
  if (isEmpty(message)) return { kind: "error", error: API_ERRORS.emptyMessage };
  return { kind: "form", form: { ...form, name: form.name.trim(), message } };
}

type Issue = {
  readonly path: readonly PropertyKey[];
  readonly code?: string | undefined;
  readonly message: string;
};

function checked(form: MessageForm, issues: readonly Issue[], whole: boolean): Checked {
  const problems = issues.length > 0 ? issues.map(problemOf) : unwrittenRules(form);
  if (problems.length > 0) return { kind: "error", error: invalidForm(problems) };
  if (whole && isEmpty(form)) return { kind: "error", error: API_ERRORS.emptyMessage };
  return { kind: "form", form };
}

function problemOf(issue: Issue): Problem {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  if (issue.code === "too_big") {
    const maximum = String(Reflect.get(issue, "maximum"));
    return {
      path,
      code: "BASE_TYPE_MAX_LENGTH",
      message: `Must be ${maximum} or fewer in length.`,
    };
  }
  if (issue.code === "invalid_format" && Reflect.get(issue, "format") === "url")
    return { path, code: "URL_TYPE_INVALID_URL", message: "Not a well formed URL." };
  return { path, code: "BASE_TYPE_INVALID", message: issue.message };
}

const EMBEDS_MAX = 6000;
const CONTENT_MAX = 2000;

/** What the schema misses: 2,000 of content, 6,000 over all embeds, http(s) alone, empty and required fields. */
function unwrittenRules(form: MessageForm): readonly Problem[] {
  const embeds = form.embeds ?? [];
  const problems: Problem[] = [];
  if ((form.content ?? "").length > CONTENT_MAX)
    problems.push({
      path: ["content"],
      code: "BASE_TYPE_MAX_LENGTH",
      message: "Must be 2000 or fewer in length.",
    });
  if (embeds.reduce((sum, embed) => sum + embedLength(embed), 0) > EMBEDS_MAX)
    problems.push({
      path: ["embeds"],
      code: "MAX_EMBED_SIZE_EXCEEDED",
      message: "Embed size exceeds maximum size of 6000",
    });
  embeds.forEach((embed, index) => problems.push(...embedProblems(embed, index)));
  if (form.enforce_nonce === true && (form.nonce ?? "") === "")
    problems.push({ path: ["nonce"], code: "BASE_TYPE_REQUIRED", message: "This field is required" });
  return [...problems, ...componentProblems(form), ...mentionProblems(form)];
}

/** Five rows of five, and no custom id twice. */
function componentProblems({ components }: MessageForm): readonly Problem[] {
  const rows = components ?? [];
  const ids = rows.flatMap((row) => row.components ?? []).map((one) => one.custom_id);
  const problem = (code: string, message: string) => ({ path: ["components"], code, message });
  return [
    ...(rows.length > 5 || rows.some((row) => (row.components ?? []).length > 5)
      ? [problem("BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length.")]
      : []),
    ...(new Set(ids).size < ids.length
      ? [problem("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")]
      : []),
  ];
}

const embedLength = (embed: EmbedForm): number =>
  [embed.title, embed.description, embed.author?.name, embed.footer?.text]
    .concat((embed.fields ?? []).flatMap((field) => [field.name, field.value]))
    .reduce<number>((sum, text) => sum + (text ?? "").trim().length, 0);

function embedProblems(embed: EmbedForm, index: number): readonly Problem[] {
  const urls: readonly (readonly [readonly (string | number)[], string | null | undefined])[] = [
    [["embeds", index, "url"], embed.url],
    [["embeds", index, "author", "url"], embed.author?.url],
    [["embeds", index, "author", "icon_url"], embed.author?.icon_url],
    [["embeds", index, "image", "url"], embed.image?.url],
  ];
  const problems: Problem[] = urls
    .filter(([, url]) => typeof url === "string" && !/^https?:\/\//i.test(url))
    .map(([path, url]) => ({
      path,
      code: "URL_TYPE_INVALID_SCHEME",
      message: `Scheme "${url?.split(":")[0] ?? ""}" is not supported. Scheme must be one of ('http', 'https').`,
    }));
  const required = { path: [] as const, code: "BASE_TYPE_REQUIRED", message: "This field is required" };
  if (embed.author && !embed.author.name?.trim())
    problems.push({ ...required, path: ["embeds", index, "author", "name"] });
  if (embed.footer && !embed.footer.text?.trim())
    problems.push({ ...required, path: ["embeds", index, "footer", "text"] });
  const bare =
    !embed.title?.trim() && !embed.description?.trim() && !embed.author && !embed.footer && !embed.image;
  if (bare && !embed.fields?.length) problems.push({ ...required, path: ["embeds", index, "description"] });
  return problems;
}

/** One kind of mention may be given by list or by `parse`, not by both. */
function mentionProblems({ allowed_mentions: allowed }: MessageForm): readonly Problem[] {
  if (!allowed?.parse?.includes("roles") || !allowed.roles?.length) return [];
  return [
    {
      path: ["allowed_mentions"],
      code: "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
      message: 'parse:["roles"] and roles: [ids...] are mutually exclusive.',
    },
  ];
}

const isEmpty = (form: MessageForm): boolean =>
  (form.content ?? "").trim() === "" && (form.embeds ?? []).length === 0;
