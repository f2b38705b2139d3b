import { quoted, read, wrong, type Reading } from "./reading.ts";

const SNOWFLAKE = /^\d{1,20}$/u;
const DISCORD_HOSTS = new Set(["discord.com", "ptb.discord.com", "canary.discord.com", "discordapp.com"]);
const COPY_LINK =
  'In Discord, right-click the channel, take "Copy Link" and paste it here: https://discord.com/channels/SERVER/CHANNEL.';

/** A channel's id, from the id itself or from the link that Discord's "Copy Link" gives (a message's link too). */
export function readChannel(written: string | number): Reading<string> {
  const text = String(written).trim();
  if (SNOWFLAKE.test(text)) return read(text);
  const url = URL.parse(text);
  if (url === null || !DISCORD_HOSTS.has(url.hostname.replace(/^www\./u, "")))
    return wrong(`${quoted(text)} is not a Discord channel`, COPY_LINK);
  const [, section, server, channel = ""] = url.pathname.split("/");
  if (server === "@me")
    return wrong(
      "this is a link to a direct message",
      `Bulletin posts to channels of a server. ${COPY_LINK}`,
    );
  return section === "channels" && SNOWFLAKE.test(channel)
    ? read(channel)
    : wrong(`${quoted(text)} is a Discord link, but not a channel's`, COPY_LINK);
}

/** A role's id, from the id itself or from `<@&ID>`. */
export function readRole(written: string | number): Reading<string> {
  const text = String(written).trim();
  const id = /^(?:<@&)?(\d{1,20})>?$/u.exec(text)?.[1];
  return id === undefined
    ? wrong(
        `${quoted(text)} is not a role`,
        "Write the role's id: in Discord's server settings, under Roles, right-click it and take \"Copy Role ID\".",
      )
    : read(id);
}

const HANDLE = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;
const DID = /^did:(?:plc:[a-z2-7]{1,64}|web:[a-zA-Z0-9.%-]{1,253})$/u;

/** A Bluesky account: its handle in lower case without the `@`, or its DID; a profile's link will do. */
export function readAccount(written: string | number): Reading<string> {
  const text = String(written).trim();
  const profile = /^https:\/\/bsky\.app\/profile\/([^/?#]+)/u.exec(text)?.[1] ?? text;
  if (DID.test(profile)) return read(profile);
  const handle = profile.replace(/^@/u, "").toLowerCase();
  if (handle.length <= 253 && HANDLE.test(handle)) return read(handle);
  return wrong(
    `${quoted(text)} is not a Bluesky account`,
    /^[a-z0-9-]+$/u.test(handle)
      ? `Write the whole handle. Did you mean "${handle}.bsky.social"?`
      : 'Write its handle, such as "frontline.example", or its DID.',
  );
}
