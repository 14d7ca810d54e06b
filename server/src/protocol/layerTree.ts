export interface TreeParams {
  readonly uri: string;
  /** Id of the row whose children are asked for; absent for the top rows. */
  readonly parent?: string;
  /** Absent: all layers, heaviest first. */
  readonly options?: TreeOptions;
}

/** What the layer tree shows, and in which order. */
export interface TreeOptions {
  /** Default `layer`; the others show the final file system. */
  readonly groupBy?: "layer" | "directory" | "package" | "kind";
  /** Default `size`, heaviest first. By name layers stand in the order of the build. */
  readonly sortBy?: "size" | "name";
  /** Only what lies at or below a path that matches: a part of the path in either case, or a pattern with `*`, `?`, `[…]`, `**`. */
  readonly filter?: string;
  /** Only what layers above the base brought. */
  readonly ownOnly?: boolean;
  /** Only what the final file system does not show. */
  readonly wasteOnly?: boolean;
  /** Reference of another image: only what is different from its final file system. It is held and read for as long as the newest question names it. */
  readonly comparedWith?: string;
}

/** One row of the layer tree view. */
export interface TreeRow {
  /** Stable as long as the image is the same; opaque to the client. */
  readonly id: string;
  readonly kind:
    | "image"
    | "layer"
    | "directory"
    | "file"
    /** A link, a device or a pipe. */
    | "special"
    /** A whiteout. */
    | "removed"
    | "package"
    | "contentKind"
    /** What only the compared image has, and a file of it. */
    | "goneGroup"
    | "gone"
    | "wasteGroup"
    | "waste"
    | "more"
    | "note";
  readonly label: string;
  /** Right of the label: `16.4 kB · line 7`. */
  readonly description?: string;
  /** Plain text. */
  readonly tooltip?: string;
  /** What a screen reader says. */
  readonly accessibilityLabel: string;
  /** Codicon name. */
  readonly icon: string;
  readonly hasChildren: boolean;
  /** Zero-based line of the Dockerfile that this row goes to on click. */
  readonly line?: number;
  /** Of directories, files and waste: path in the image, no `/` in front. */
  readonly path?: string;
  /** Of layers and what is in them: index of the layer, base first. */
  readonly layer?: number;
  /** What the row weighs as far as it is shown; absent where that is not known, and where it has no weight. */
  readonly bytes?: number;
  /** Of `more`: how many rows come after those that are shown. */
  readonly restCount?: number;
  /** What the entry does to the layers below it, or what became of it since the compared image. */
  readonly mark?: "added" | "changed" | "rewritten" | "metadata" | "removed";
}

/** Which row to show: that of a layer, by instruction line (zero-based) or layer index, maybe a path in it. */
export interface RevealParams {
  readonly uri: string;
  readonly line?: number;
  readonly layer?: number;
  readonly path?: string;
  /** As in `TreeParams`: what they leave out cannot be reached. A path without line and layer is looked for in the final file system. */
  readonly options?: TreeOptions;
}
