import { isBoilerplate } from "../boilerplate.ts";
import { type Finding, hit } from "./finding.ts";

/** A line of the theme, the newsletter box or the share bar that was taken for a key point. */
export const isBoilerplatePoint = (point: string): boolean => isBoilerplate(point);

/** Key points that are none. */
export function boilerplate(points: readonly string[]): Finding {
  const found = points.filter(isBoilerplatePoint).map((point) => `“${point}”`);
  return found.length === 0 ? null : hit(`boilerplate among the key points: ${found.join(", ")}`);
}
