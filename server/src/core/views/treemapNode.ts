import type { ContentKind } from "./contentKind.ts";
import { mostOf, type Tally } from "./treemapTally.ts";
import type { Hidden } from "./treemapTrees.ts";

/** One rectangle; its area is `bytes`. */
export interface TreemapNode {
  /** Without directories; of the root of the map its path; "" for all but files and directories. */
  readonly name: string;
  /** `image`: all of it · `waste`: all that is wasted · `layer`: what of it is wasted · `rest`: entries too light to be drawn. */
  readonly kind: "image" | "waste" | "layer" | "directory" | "file" | "rest";
  /** Of all below it; the sum of its children's where it has any. */
  readonly bytes: number;
  /** How many of them the final file system does not show. */
  readonly wastedBytes: number;
  /** The layer that most of its bytes come from. */
  readonly layer: number;
  /** What most of its bytes are. */
  readonly content: ContentKind;
  /** Entries that a `rest` stands for; 0 for all others. */
  readonly count: number;
  /** Of wasted files. */
  readonly hidden: Hidden | undefined;
  /** Heaviest first, a `rest` and `waste` last; undefined for files and for what is drawn as a whole. */
  readonly children: readonly TreemapNode[] | undefined;
}

/** A rectangle that stands for many, as far as what its bytes are says. */
export function groupOf(
  kind: TreemapNode["kind"],
  tally: Tally,
): Omit<TreemapNode, "bytes" | "wastedBytes"> {
  return { name: "", kind, ...mostOf(tally), count: 0, hidden: undefined, children: undefined };
}
