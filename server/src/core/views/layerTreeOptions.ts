import type { ReadImage } from "../image/image.ts";
import type { SharedBytes } from "../image/sharedBytes.ts";
import type { TreeMemory } from "./layerTreeMemory.ts";

/** By what the rows below the image are put together. All but `layer` show the final file system. */
export type TreeGrouping = "layer" | "directory" | "package" | "kind";

/** What the layer tree shows, and in which order; the shape that the protocol sends. */
export interface TreeOptions {
  /** Default `layer`. */
  readonly groupBy?: TreeGrouping;
  /** Default `size`, heaviest first. By name layers stand in the order of the build. */
  readonly sortBy?: "size" | "name";
  /**
   * Only what lies at or below a path that matches: a part of the path, or a pattern with `*`, `?`, `[…]` and `**`, which has to fit a whole name where it
   * has no `/`, else the whole path. Case does not matter.
   */
  readonly filter?: string;
  /** Only what layers above the base brought. */
  readonly ownOnly?: boolean;
  /** Only what the final file system does not show. */
  readonly wasteOnly?: boolean;
  /** Reference of another image: only what is different from its final file system. */
  readonly comparedWith?: string;
}

/** The other image of `comparedWith`, as far as it is known. */
export type ComparedImage =
  | { readonly state: "read"; readonly reference: string; readonly read: ReadImage }
  /** `message`: one sentence for a person. */
  | {
      readonly state: "reading" | "failed";
      readonly reference: string;
      readonly message: string;
    };

/** All that rows depend on beside the analysis. */
export interface TreeView {
  readonly options: TreeOptions;
  readonly memory: TreeMemory;
  /** Set when `comparedWith` is. */
  readonly compared?: ComparedImage;
  /** What the image shares with others of its engine; absent until the engine has answered, and where nobody may ask. */
  readonly shared?: SharedBytes | undefined;
}

/** Whether rows are left out. */
export function isNarrowed({ filter, ownOnly, wasteOnly, comparedWith }: TreeOptions): boolean {
  const hasFilter = filter !== undefined && filter.trim() !== "";
  return hasFilter || ownOnly === true || wasteOnly === true || comparedWith !== undefined;
}
