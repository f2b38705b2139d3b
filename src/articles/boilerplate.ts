import { normaliseSpace } from "../lib/text.ts";

/** Lines that blogs, themes and share buttons add to every article; none of them belongs into a post. */
const WHOLE_LINES: readonly RegExp[] = [
  /^published by\b.{0,80}$/iu,
  /^leave a (?:reply|comment)(?:\s*cancel reply)?$/iu,
  /^cancel reply$/iu,
  /^(?:log|sign) ?(?:in|up|out)$/iu,
  /^exit mobile version$/iu,
  /^the post .+ (?:appeared first on|first appeared on) .+$/iu,
  /^\[?(?:…|\.{3})\]?$/u,
  /^(?:continue|keep) reading\b.{0,120}$/iu,
  /^(?:read|see|learn|find out|show|load|view) more\b.{0,20}$/iu,
  /^(?:also read|read also|read more|see also|more|related|watch|listen|also|don't miss|recommended)(?: on this)?\s*[:|].*$/iu,
  /^(?:also read|read also|see also|related (?:articles?|stories|posts?|links?))\b.{0,160}$/iu,
  /^(?:click|tap) here\b.{0,140}$/iu,
  /^(?:share|tweet|email|print|comments?|like|pin it|whatsapp|facebook|twitter|copy link)(?: (?:this|on|article|post|via)\b.{0,60})?$/iu,
  /^(?:sign up|subscribe|join|register|follow us|get our|download our|get the latest)\b.{0,160}$/iu,
  /\bnewsletters?\b.{0,60}(?:sign up|subscribe|inbox)/iu,
  /(?:sign up|subscribe)\b.{0,60}\bnewsletters?\b/iu,
  /^(?:advertisement|sponsored|advertising|anzeige|werbung|publicité|publicidad|pubblicità)$/iu,
  /^.{1,60} is (?:sponsored|presented|brought to you) by .{1,60}$/iu,
  /^visit .{1,60} for (?:more|all|the latest)\b.{0,60}$/iu,
  /^(?:follow|find) (?:us|me) on\b.{0,80}$/iu,
  /^(?:have you got|do you have) (?:a )?(?:story|tip)\b.{0,120}$/iu,
  /^(?:all rights reserved|copyright|©).{0,120}$/iu,
  /^(?:weiterlesen|mehr (?:lesen|dazu|zum thema)|lesen sie (?:auch|mehr)|siehe auch|auch interessant|jetzt (?:abonnieren|anmelden))\b.{0,140}$/iu,
  /^(?:lire (?:aussi|la suite|plus)|à lire(?: aussi)?|voir aussi|abonnez-vous|inscrivez-vous)(?!\p{L}).{0,140}$/iu,
  /^(?:leer (?:más|también)|lee también|te puede interesar|ver también|suscríbete|suscríbase)(?!\p{L}).{0,140}$/iu,
  /^(?:leggi (?:anche|tutto)|leia (?:também|mais)|lees (?:ook|meer|verder)|les også|läs (?:också|mer)|czytaj (?:też|także|więcej)|читайте также)(?!\p{L}).{0,140}$/iu,
];

/** Whether a line is a theme's or a share bar's, not the author's. The line is one paragraph, item or sentence. */
export function isBoilerplate(line: string): boolean {
  const text = normaliseSpace(line);
  return text === "" || WHOLE_LINES.some((pattern) => pattern.test(text));
}

/** What feeds add at the end of a text: "[…]", "Continue reading", "The post … appeared first on …". */
const TAIL =
  /\s*(?:\[(?:…|\.{3}|&hellip;)\]|(?:…|\.{3})?\s*(?:continue|keep) reading\b[^.]{0,120}|(?:read|learn) more\s*(?:…|»|→|\.{3})?|the post .{1,300} (?:appeared first on|first appeared on) .{1,120})\s*$/iu;

/** The text without what feeds and themes add at its end; white space normalised. */
export function withoutBoilerplateTail(text: string): string {
  let kept = normaliseSpace(text);
  for (let pass = 0; pass < 3; pass++) {
    const shorter = kept.replace(TAIL, "").trimEnd();
    if (shorter === kept) break;
    kept = shorter;
  }
  return kept;
}
