import type { Template, TemplateField } from "../../domain/types.ts";
import { layOut } from "../../lib/template.ts";
import { escapeMarkdown } from "./escape.ts";
import { bullet, fitEscaped, fitLead, LEAD_MAX, TITLE_MAX } from "./story.ts";
import type { Body, Story } from "./story.ts";

/** Less of a lead than this says nothing. */
const LEAST_LEAD = 40;
const TAGS_MAX = 5;
const TAGS_LENGTH = 200;

/** The words of a message, and the same as plain text. */
export type Words = { readonly text: string; readonly seen: string };

/**
 * A story in an admin's own shape, within `room` UTF-16 units: first whole key points, then as much of the lead as
 * fits. The template's own words are the admin's markdown; what comes from the feed is escaped. Null: the template
 * leaves no room, or has nothing to say.
 */
export function fillTemplate(story: Story, template: Template, room: number): Words | null {
  const draw = (body: Body): string => drawTemplate(story, template, body, MARKDOWN);
  const empty: Body = { lead: null, points: [] };
  if (draw(empty).length > room) return null;
  const pointed = story.points.reduce<Body>((body, point) => {
    const more = { ...body, points: [...body.points, point] };
    return draw(more).length <= room ? more : body;
  }, empty);
  const body = withLead(story, pointed, room, draw);
  const text = draw(body);
  return text === "" ? null : { text, seen: drawTemplate(story, template, body, PLAIN) };
}

/** The lead, or as much of it as fits; none when that would say too little. */
function withLead(story: Story, body: Body, room: number, draw: (body: Body) => string): Body {
  if (story.lead === null) return body;
  // A dot stands for the lead: a line that shows it may be there for it alone.
  const left = room - draw({ ...body, lead: "." }).length + 1;
  const lead = fitLead(story, Math.min(left, LEAD_MAX));
  const more = { ...body, lead };
  const saysEnough = lead === story.lead || left >= LEAST_LEAD;
  return saysEnough && draw(more).length <= room ? more : body;
}

/** How texts are drawn: for Discord, or for a terminal. */
type Pen = {
  readonly text: (text: string) => string;
  readonly point: (point: string) => string;
  readonly link: (address: string) => string;
};

const MARKDOWN: Pen = { text: escapeMarkdown, point: bullet, link: (address) => `<${address}>` };
const PLAIN: Pen = { text: (text) => text, point: (point) => `• ${point}`, link: (address) => address };

function drawTemplate(story: Story, template: Template, body: Body, pen: Pen): string {
  const values: Readonly<Record<TemplateField, string>> = {
    title: pen.text(fitEscaped(story.headline, TITLE_MAX)),
    lead: body.lead === null ? "" : pen.text(body.lead),
    points: body.points.map(pen.point).join("\n"),
    link: story.link === null ? "" : pen.link(story.link),
    tags: pen.text(fitEscaped(story.categories.slice(0, TAGS_MAX).join(", "), TAGS_LENGTH)),
  };
  return layOut(template, (field) => values[field] !== "")
    .map((line) => line.map((part) => ("text" in part ? part.text : values[part.field])).join(""))
    .join("\n")
    .trim();
}
