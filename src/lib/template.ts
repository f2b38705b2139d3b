import type { Template, TemplateField } from "../domain/types.ts";

/** What stands at one place of a laid-out template: the admin's text, or the value of a field. */
export type Laid = { readonly text: string } | { readonly field: TemplateField };

/**
 * A template's lines for one post: of each placeholder the first field that has something to say and was not said above,
 * else its own text. A line whose placeholders all have nothing is left out with what stands around them, and of empty
 * lines that then follow one another, or begin or end the post, one or none is left.
 */
export function layOut(
  template: Template,
  has: (field: TemplateField) => boolean,
): readonly (readonly Laid[])[] {
  const said = new Set<TemplateField>();
  const lines = template.flatMap((line): readonly (readonly Laid[])[] => {
    const parts = line.flatMap((part): readonly Laid[] => {
      if (part.kind === "text") return [{ text: part.text }];
      const field = part.fields.find((one) => has(one) && !said.has(one));
      if (field === undefined) return part.otherwise === "" ? [] : [{ text: part.otherwise }];
      said.add(field);
      return [{ field }];
    });
    const texts = line.filter(({ kind }) => kind === "text").length;
    return texts < line.length && parts.length === texts ? [] : [parts];
  });
  const kept = lines.filter((line, at) => !isEmpty(line) || !isEmpty(lines[at - 1]));
  return isEmpty(kept.at(-1)) ? kept.slice(0, -1) : kept;
}

const isEmpty = (line: readonly Laid[] | undefined): boolean =>
  line === undefined || line.every((part) => "text" in part && part.text.trim() === "");
