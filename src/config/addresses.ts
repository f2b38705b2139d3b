import { allowEntry } from "../lib/http/guard.ts";
import { quoted, read, wrong, type Reading } from "./reading.ts";

/** A site's or feed's address as written: http or https, no user name or password in it. */
export function readWebAddress(written: string | number): Reading<string> {
  const text = String(written).trim();
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    const bare = /^[\w-]+(?:\.[\w-]+)+(?:[:/]|$)/u.test(text);
    return wrong(
      `${quoted(text)} is not a web address`,
      bare ? `Did you mean "https://${text}"?` : 'It begins with "https://".',
    );
  }
  return url.username === "" && url.password === ""
    ? read(text)
    : wrong("this address has a user name or a password in it", "Secrets don't belong in YAML.");
}

/** The base address of a service, without the slash at its end. */
export function readService(written: string | number): Reading<string> {
  const reading = readWebAddress(written);
  return reading.kind === "read" ? read(reading.value.replace(/\/+$/u, "")) : reading;
}

/** Our own address as strangers reach it, without the slash at its end: paths are put behind it. */
export function readPublicAddress(written: string | number): Reading<string> {
  const reading = readService(written);
  if (reading.kind !== "read") return reading;
  const { search, hash } = new URL(reading.value);
  return search === "" && hash === ""
    ? reading
    : wrong("this address has a query or a fragment", 'Leave it out: "https://bot.example".');
}

/** One entry of `network.allow`, as written. */
export function readAllowed(written: string | number): Reading<string> {
  const text = String(written).trim();
  return allowEntry(text) === null
    ? wrong(
        `${quoted(text)} names no host and no range`,
        'Write a host, an address or a range: "feeds.internal", "127.0.0.1:8085", "10.0.0.0/8".',
      )
    : read(text);
}

/** Who can be reached about the bot: an e-mail or web address; it goes into the User-Agent. */
export function readContact(written: string | number): Reading<string> {
  const text = String(written).trim();
  if (/^[\w.+-]+@[\w.-]+$/u.test(text)) return read(text);
  return readWebAddress(text).kind === "read"
    ? read(new URL(text).href)
    : wrong(
        `${quoted(text)} is no e-mail or web address`,
        'Sites see it in the User-Agent: write one such as "desk@frontline.example".',
      );
}
