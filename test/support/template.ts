import { readTemplate } from "../../src/config/template.ts";
import type { Template } from "../../src/domain/types.ts";

/** A template as an admin writes it. */
export function templateOf(written: string): Template {
  const reading = readTemplate(written);
  if (reading.kind === "wrong") throw new Error(reading.what);
  return reading.value;
}
