/**
 * Text as data for Discord's markdown: what Discord shows equals the text given. Nothing in it formats, pings, or can
 * be clicked: no heading, list, quote, spoiler, code, masked or bare link, invite, timestamp, mention, command or emoji.
 *
 * Discord shows a backslash followed by anything but a letter, a digit or a space as that character
 * (https://support.discord.com/hc/en-us/articles/210298617). Escaping does not stop a ping: that is the work of
 * `allowed_mentions`, which every request bears. Only for fields that read markdown (content, an embed's title and
 * description); an embed's author and footer are plain text and would show the backslashes.
 */
export function escapeMarkdown(text: string): string {
  return (
    text
      // "<" opens mentions, timestamps, commands and custom emoji, "[" masked links, "@" mentions.
      .replaceAll(/[\\*_~|`<>@[\]]/g, String.raw`\$&`)
      // A colon before a word makes "https://..." a link and ":smile:" an emoji.
      .replaceAll(/:(?=\S)/g, String.raw`\:`)
      // Discord draws a card for its invites even without a scheme.
      .replaceAll(/(?<=discord|discordapp)\.(?=\S)/gi, String.raw`\.`)
      // Headings, small print and lists are read at the start of a line, also inside a list.
      .replaceAll(/^(\s*)([#+-])/gm, String.raw`$1\$2`)
      .replaceAll(/^(\s*\d+)([.)])/gm, String.raw`$1\$2`)
  );
}
