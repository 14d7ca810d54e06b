/** What a treemap shows. */
export interface TreemapTarget {
  readonly uri: string;
  /** Index of the layer, base first; absent: the final file system with all waste beside it. */
  readonly layer?: number;
  /** Directory or binary to start at, no `/` in front; absent: the root. */
  readonly path?: string;
  /** True: only what the final file system does not show, of that layer or of all. */
  readonly waste?: boolean;
}

export interface TreemapParams {
  readonly target: TreemapTarget;
  /** Rectangles at most. */
  readonly limit: number;
}

/** A place of an image as areas: all that is needed to draw it, and never more rectangles than asked for. */
export interface Treemap {
  /** Reference of the image, safe to show. */
  readonly reference: string;
  /** Another one as soon as the image is another. */
  readonly imageId: string;
  readonly root: TreemapNode;
  /** All layers of the image, base first. */
  readonly layers: readonly TreemapLayer[];
  /** Kinds of content in the order of their colours; of a binary that is opened, what its bytes are there for. */
  readonly contents: readonly string[];
  /** One sentence about what the map cannot show; absent where there is nothing to say. */
  readonly remark?: string;
}

/** One rectangle; its area is `bytes`. Absent fields mean that there is nothing to say. */
export interface TreemapNode {
  /** As the image has it, without directories; of the root its path; "" for all but files, directories and sections. */
  readonly name: string;
  /** The name with characters escaped that would turn text around; absent where it is the same. */
  readonly label?: string;
  /**
   * `image`: the whole · `waste`: all that the final file system does not show · `layer`: what of it is of one layer · `rest`: entries too light to
   * be drawn · `section`: a part of a binary. More kinds may come: those that a view does not know are drawn like files.
   */
  readonly kind: "image" | "waste" | "layer" | "directory" | "file" | "rest" | "section";
  /** Of all below it; the sum of its children's where it has any. */
  readonly bytes: number;
  /** `16.4 kB`, and to the byte. */
  readonly sizeText: string;
  readonly exactText: string;
  /** Share of the root: `45%`. */
  readonly shareText: string;
  /** How many of its bytes the final file system does not show. */
  readonly wastedBytes: number;
  readonly wastedText?: string;
  /** The layer that most of its bytes come from. */
  readonly layer: number;
  /** What most of its bytes are, one of `contents`. */
  readonly content: string;
  /** Entries that a `rest` stands for. */
  readonly count?: number;
  /** Of wasted files: `deleted by line 9`. */
  readonly hiddenText?: string;
  /** True for a file that can be zoomed into: asked for by its path, it answers with its sections. Directories always can. */
  readonly opens?: boolean;
  /** Heaviest first, a `rest` and `waste` last; absent for what is drawn as a whole. */
  readonly children?: readonly TreemapNode[];
}

/** Who wrote a layer. */
export interface TreemapLayer {
  readonly index: number;
  /** `Layer 3 · line 7`. */
  readonly label: string;
  /** The instruction, one line, safe to show. */
  readonly text: string;
  /** Zero-based line of the Dockerfile, of its FROM for a layer of the base; absent where none can be named. */
  readonly line?: number;
}

export interface TreemapSearchParams {
  /** Where to look; its path does not matter: all of the file system, the layer or the waste is searched. */
  readonly target: TreemapTarget;
  /** Part of a path; ASCII letters in either case. */
  readonly query: string;
  /** Matches at most. */
  readonly limit: number;
}

/** What a search in a treemap found. */
export interface TreemapMatches {
  /** Heaviest first. */
  readonly matches: readonly TreemapMatch[];
  /** All that were found, also those that are not listed. */
  readonly count: number;
}

export interface TreemapMatch {
  readonly path: string;
  /** The path, safe to show; absent where it is the same. */
  readonly label?: string;
  readonly kind: "directory" | "file";
  readonly bytes: number;
  readonly sizeText: string;
  readonly layer: number;
  /** True when it is among what the final file system does not show. */
  readonly waste?: boolean;
}

/** What the treemap's webview and our client say to each other. */
export type TreemapMessage =
  /** Webview → client: it can be spoken to. Answered by `show`, or nothing where it remembers what it showed. */
  | { readonly kind: "ready"; readonly target?: TreemapTarget }
  /** Webview → client; answered by `map` with the same number. */
  | { readonly kind: "ask"; readonly request: number; readonly target: TreemapTarget }
  /** Webview → client; answered by `found` with the same number. */
  | {
      readonly kind: "search";
      readonly request: number;
      readonly target: TreemapTarget;
      readonly query: string;
    }
  /** Webview → client: the user wants to see this line, zero-based. */
  | { readonly kind: "goToLine"; readonly uri: string; readonly line: number }
  /** Client → webview: show this place. */
  | { readonly kind: "show"; readonly target: TreemapTarget }
  /** Client → webview: the image is another, or its lines are: what is shown has to be asked for again. */
  | { readonly kind: "changed" }
  /** Client → webview; without a map one sentence that says why. */
  | {
      readonly kind: "map";
      readonly request: number;
      readonly map?: Treemap;
      readonly message?: string;
    }
  /** Client → webview. */
  | { readonly kind: "found"; readonly request: number; readonly found: TreemapMatches };
