import { defaultTreeAdapter, parse, type DefaultTreeAdapterTypes as Tree } from "parse5";

/** Deeper or larger documents are read up to the limit. */
const MOST_DEPTH = 1_500;
const MOST_ELEMENTS = 15_000;

const TOO_LARGE = new Error("more elements than are read");

export type Parsed = { readonly document: Tree.Document; readonly cut: boolean };

/**
 * parse5's tree of a document, as far as the limits reach; `cut` when one was met. Nested formatting elements make
 * parse5 copy them into every paragraph, so a small document can ask for a huge tree.
 */
export function parseBounded(html: string): Parsed {
  let depth = 0;
  let elements = 0;
  let document: Tree.Document | undefined;
  try {
    parse(html, {
      treeAdapter: {
        ...defaultTreeAdapter,
        createDocument: () => (document = defaultTreeAdapter.createDocument()),
        onItemPush: () => {
          if (++depth > MOST_DEPTH || ++elements > MOST_ELEMENTS) throw TOO_LARGE;
        },
        onItemPop: () => void depth--,
      },
    });
    return { document: document ?? defaultTreeAdapter.createDocument(), cut: false };
  } catch (error) {
    if (error !== TOO_LARGE || document === undefined) throw error;
    return { document, cut: true };
  }
}
