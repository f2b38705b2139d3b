import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import type { Millis } from "../../domain/types.ts";

/** The sample newsroom's site.yaml. */
export type Site = { readonly name: string; readonly tagline: string; readonly language: string };

export type Picture = { readonly file: string; readonly alt: string; readonly caption: string };

/** One article as the newsroom published it. */
export type Story = {
  readonly id: number;
  readonly slug: string;
  readonly title: string;
  readonly dek: string | null;
  readonly author: string;
  readonly categories: readonly string[];
  readonly language: string | null;
  readonly picture: Picture | null;
  /** Does the feed carry the whole text, or only an excerpt? */
  readonly feed: "full" | "excerpt";
  readonly published: Millis;
  readonly html: string;
};

export type Newsroom = {
  readonly site: Site;
  /** Newest first. */
  readonly stories: readonly Story[];
  /** Pictures by file name. */
  readonly media: ReadonlyMap<string, Media>;
  /** When the newest story appeared: what WordPress calls the site's last change. */
  readonly changed: Millis;
};

export type Media = { readonly bytes: Uint8Array<ArrayBuffer>; readonly mime: string };

type FrontMatter = {
  readonly id: number;
  readonly age: number;
  readonly title: string;
  readonly dek?: string;
  readonly author: string;
  readonly categories: readonly string[];
  readonly language?: string;
  readonly image?: Picture;
  readonly feed: "full" | "excerpt";
};

const MIME: Readonly<Record<string, string>> = { jpg: "image/jpeg", png: "image/png", svg: "image/svg+xml" };

/**
 * Reads a newsroom folder: site.yaml, articles/*.html (facts in YAML between two lines of `---`, then the text) and
 * the pictures beside them. The files are the repository's own, so their form is trusted. An article is as many
 * minutes old at `now` as its `age` says.
 */
export async function readNewsroom(folder: string, now: Millis): Promise<Newsroom> {
  const site = parse(await readFile(join(folder, "site.yaml"), "utf8")) as Site;
  const names = (await readdir(join(folder, "articles"))).filter((name) => name.endsWith(".html"));
  const read = async (name: string): Promise<Story> =>
    readStory(name, await readFile(join(folder, "articles", name), "utf8"), now);
  const stories = (await Promise.all(names.map(read))).sort((a, b) => b.published - a.published);
  return { site, stories, media: await readMedia(folder), changed: stories[0]?.published ?? now };
}

function readStory(name: string, text: string, now: Millis): Story {
  const [, facts = "", html = ""] = /^---\n(.*?)\n---\n(.*)$/su.exec(text) ?? [];
  const { age, dek, language, image, ...rest } = parse(facts) as FrontMatter;
  return {
    ...rest,
    slug: name.replace(/\.html$/u, ""),
    dek: dek ?? null,
    language: language ?? null,
    picture: image ?? null,
    // Feeds count in whole seconds.
    published: Math.floor(now / 1000) * 1000 - age * 60_000,
    html: html.trim(),
  };
}

async function readMedia(folder: string): Promise<ReadonlyMap<string, Media>> {
  const media = new Map<string, Media>();
  for (const name of await readdir(folder)) {
    const mime = MIME[name.split(".").at(-1) ?? ""];
    if (mime !== undefined)
      media.set(name, { bytes: new Uint8Array(await readFile(join(folder, name))), mime });
  }
  return media;
}

/** `/YYYY/MM/DD/slug/`, by the day of publication (UTC): WordPress's "day and name". */
export function storyPath(story: Story): string {
  const day = new Date(story.published).toISOString().slice(0, 10).replaceAll("-", "/");
  return `/${day}/${story.slug}/`;
}

/** The text without its tags, as WordPress makes excerpts: the first words, then [&hellip;]. */
export function autoExcerpt(html: string, words = 55): string {
  const all = html
    .replaceAll(/<[^>]+>/gu, " ")
    .trim()
    .split(/\s+/u);
  return all.length <= words ? all.join(" ") : `${all.slice(0, words).join(" ")} […]`;
}

/** A short stable name of some text, for ETags. */
export const fingerprint = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 32);
