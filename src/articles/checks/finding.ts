/** What one check found: something, or that it could not judge and why; null: nothing. */
export type Finding = { readonly kind: "hit" | "not checked"; readonly reason: string } | null;

export const hit = (reason: string): Finding => ({ kind: "hit", reason });
export const notChecked = (reason: string): Finding => ({ kind: "not checked", reason });
