/** Custom LSP methods between our server and our client. Any other client may leave them out: hints, hovers, diagnostics and code actions need none of them. */
export const methods = {
  /** Notification, server → client: `ImageStatus`. Sent whenever what is known of a Dockerfile's image changes, to clients that sent `InitializationOptions`. */
  imageStatus: "tare/imageStatus",
  /** Request, client → server: `TreeParams` → `TreeRow[]`, heaviest first unless the options say otherwise. Answered from the newest snapshot, never waits. */
  tree: "tare/tree",
  /** Request, client → server: `RevealParams` → `string[]`: ids of the rows from the root to the row asked for; empty when there is none. */
  reveal: "tare/reveal",
  /** Notification, server → client: `DocumentParams`. The image that the layer tree of the document is compared with is another one, or read now: its rows are to be asked for again. */
  treeChanged: "tare/treeChanged",
  /** Request, client → server: `DocumentParams` → `ScratchRow[]`: how far the final stage is from scratch. Answered from the newest snapshot, never waits. */
  scratch: "tare/scratch",
  /** Request, client → server: `RewriteParams` → `RewritePreview`, or null when the offer is not made any more. */
  rewrite: "tare/rewrite",
  /**
   * Request, client → server: `RewriteParams` → `BuildOutcome`. Builds the text as it is and as the offer has it, measures both and removes both. Only
   * to be sent when the user asked for just that; takes as long as the builds take; can be cancelled.
   */
  buildCompare: "tare/buildCompare",
  /** Request, client → server: `StartParams` → `StartOutcome`. Starts and removes containers: only to be sent when the user asked for just that; can be cancelled. */
  measureStart: "tare/measureStart",
  /** Request, client → server: `DocumentParams` → `BuildHistory`. Answered from what is known, never waits. */
  buildHistory: "tare/buildHistory",
  /** Request, client → server: `CompareBuildsParams` → `BuildsComparison`. Reads the earlier image where it is still there; can be cancelled. */
  compareBuilds: "tare/compareBuilds",
  /** Request, client → server: `DocumentParams` → null. Forgets the builds of the Dockerfile that were recorded. */
  forgetHistory: "tare/forgetHistory",
  /** Request, client → server: `DocumentParams` → `ImageChoice[]`: what the engine and the workspace folders hold, best match first. */
  listImages: "tare/listImages",
  /** Request, client → server: `ChooseParams` → null. */
  chooseImage: "tare/chooseImage",
  /** Request, client → server: `DocumentParams` → null. Looks at the image again; reads only what changed. */
  refresh: "tare/refresh",
  /** Request, client → server: `TreemapParams` → `Treemap`, or null while the files are not read and where there is no such place. Answered from the newest snapshot, never waits, but for a binary at the path, which is read for that: null where it cannot be, and `binary` says why; can be cancelled. */
  treemap: "tare/treemap",
  /** Request, client → server: `TreemapSearchParams` → `TreemapMatches`. Answered from the newest snapshot, never waits. */
  treemapSearch: "tare/treemapSearch",
  /** Notification, client → server: `TrustParams`. Until trusted only the text is analysed. */
  trust: "tare/trust",
  /** Request, client → server: `FileParams` → `FileFinding`: where a file of the image is to be read. Answered from the newest snapshot, never waits. */
  findFile: "tare/findFile",
  /** Request, client → server: `FileParams` → `FileFinding`: the same path in the next lower layer that wrote it. Answered from the newest snapshot, never waits. */
  findFileBelow: "tare/findFileBelow",
  /** Request, client → server: `OtherFileParams` → `FileFinding`: the same path in the final file system of another image, which is read for that; can be cancelled. */
  findFileInImage: "tare/findFileInImage",
  /** Request, client → server: `FileSearchParams` → `FileHit[]`, best first. Answered from the newest snapshot, never waits. */
  searchFiles: "tare/searchFiles",
  /** Request, client → server: `FileReadParams` → `FileAnswer`. Reads just that file; can be cancelled. */
  readFile: "tare/readFile",
  /** Request, client → server: `FileParams` → `BinaryAnswer`: what the bytes of an ELF file are for. Reads just that file; can be cancelled. */
  binary: "tare/binary",
} as const;

/** Commands of our client that links in hovers, lenses and hints may name; sent only when `commandLinks` is set. */
export const commands = {
  /** Shows a row in the layer tree. One argument: `RevealParams`. */
  reveal: "tare.reveal",
  /** Lets the user choose an image. One argument: `DocumentParams`. */
  chooseImage: "tare.chooseImage",
  /** Looks at the image again. One argument: `DocumentParams`. */
  refresh: "tare.refresh",
  /** Shows what a rewrite of the final stage changes, to be taken or left. One argument: `RewriteParams`. Named only when `rewritePreviews` is set. */
  previewRewrite: "tare.previewRewrite",
  /** Shows what grew since the last build. One argument: `DocumentParams`. */
  whatGrew: "tare.whatGrew",
  /** Opens a file of a layer, read-only. One argument: `FileParams`. */
  openFile: "tare.openFile",
  /** Shows what a file system is made of, as areas. One argument: `TreemapTarget`. */
  showTreemap: "tare.showTreemap",
} as const;

/** `initializationOptions` of our client; every field optional, for other editors may send none. */
export interface InitializationOptions {
  /** False in an untrusted workspace: text analysis only. Default true. */
  readonly trusted?: boolean;
  /** Images the user chose earlier, by document URI. */
  readonly remembered?: Readonly<Record<string, string>>;
  /** True when hovers may carry `command:tare.…` links. */
  readonly commandLinks?: boolean;
  /** True when rewrites are shown before they are made, by the command `tare.previewRewrite`; else their code actions carry the edit. */
  readonly rewritePreviews?: boolean;
  /** Folder for the layer cache; default: the user's cache folder. */
  readonly cacheFolder?: string;
  /** Folder for build histories; default: one in the cache folder. */
  readonly historyFolder?: string;
}

export interface DocumentParams {
  readonly uri: string;
}

/** Images of the engine whose containers are started, and how often each. */
export interface StartParams {
  readonly uri: string;
  readonly references: readonly string[];
  readonly runs: number;
}

/** What came of measuring start times. */
export type StartOutcome =
  | {
      readonly kind: "measured";
      /** As `tare start` prints them. */
      readonly lines: readonly string[];
    }
  | {
      readonly kind: "failed";
      /** One sentence for a person. */
      readonly message: string;
    }
  | { readonly kind: "cancelled" };

export interface ChooseParams {
  readonly uri: string;
  /** An image reference; null forgets the choice. */
  readonly reference: string | null;
}

export interface TrustParams {
  readonly trusted: boolean;
}

/** Why this image belongs to this Dockerfile, in the order in which they win. */
export type ChosenBy = "directive" | "setting" | "remembered" | "history";

/** What is known of a Dockerfile's image, for the status bar and the tree's welcome text. */
export interface ImageStatus {
  readonly uri: string;
  /** `none`: no image belongs to it · `looking`: being found · `reading`: sizes by line may be there, files are being read · `read`: all there · `failed`: see message · `untrusted`: not looked for. */
  readonly state: "none" | "looking" | "reading" | "read" | "failed" | "untrusted";
  readonly reference?: string;
  readonly chosenBy?: ChosenBy;
  /** One sentence for a person, saying what to do next; in `none` and `failed`. */
  readonly message?: string;
  /** Layer content bytes, and the same for people: `189 MB`. */
  readonly totalBytes?: number;
  readonly totalText?: string;
  readonly wastedText?: string;
  /** `+14 MB since the build of 2026-11-20 14:03 UTC`; absent without an earlier build. */
  readonly growthText?: string;
  /** `74.8 MB (layers 1–3) with 4 other images; this image alone adds 12.3 MB`; absent where nothing is known of other images. */
  readonly sharedText?: string;
  /** Another value than last time: the build history is to be asked for again. Absent without builds. */
  readonly historyVersion?: string;
  /** What the next build will weigh, as far as that is known: `85 MB`, `85 MB + line 4 unknown`; absent where the image says the same. */
  readonly predictedText?: string;
  /** Another value than last time: the rows of the layer tree are to be asked for again (another image, its files read, or layers on other lines). */
  readonly treeVersion?: string;
  /** The strictest budget that applies. */
  readonly budget?: {
    readonly limitText: string;
    readonly actualText: string;
    readonly isWithin: boolean;
    /** Target that states the limit, and the only platform that it holds for; absent where none does. */
    readonly target?: string;
    readonly platform?: string;
  };
  /** How many layers there are and may be; absent without a limit, and where it has no verdict. */
  readonly layerBudget?: {
    readonly mostLayers: number;
    readonly actualLayers: number;
    readonly isWithin: boolean;
  };
}

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

/** A file of the image of a Dockerfile. */
export interface FileParams {
  readonly uri: string;
  /** In the image, `/` between its parts, none in front. */
  readonly path: string;
  /** Index of the layer whose entry is meant, base first; absent: the one that the final file system shows. */
  readonly layer?: number;
}

/** A path to be looked up in another image than the Dockerfile's own. */
export interface OtherFileParams {
  readonly uri: string;
  readonly path: string;
  readonly reference: string;
}

/** Files of the final file system are looked for by part of their path. */
export interface FileSearchParams {
  readonly uri: string;
  readonly text: string;
}

/** A file that fits a search. */
export interface FileHit {
  readonly path: string;
  /** Right of the path: `16.4 kB · layer 3, line 7`. */
  readonly description: string;
}

/** One file of one layer, for as long as any image has the layer: the same address never means other content. */
export interface FileAddress {
  /** Of the Dockerfile whose settings say how images are opened. */
  readonly uri: string;
  readonly reference: string;
  /** Where a relative reference starts; absent where there is no folder. */
  readonly baseFolder?: string;
  /** Of the layer. */
  readonly diffId: string;
  readonly path: string;
}

/** What is at a path of an image. */
export type FileFinding =
  | {
      readonly kind: "file";
      readonly address: FileAddress;
      /** `passwd (layer 3, line 7)`. */
      readonly title: string;
      readonly contentBytes: number;
      readonly layer: number;
    }
  | {
      readonly kind: "link";
      /** As it is written. */
      readonly target: string;
      /** Where it leads in the final file system; absent where nothing is there. */
      readonly path?: string;
    }
  /** There is no file: one sentence for a person, and one word for a title, such as `deleted`. */
  | { readonly kind: "none"; readonly message: string; readonly title: string };

/** Which part of a file to read, and how to show it. */
export interface FileReadParams extends FileAddress {
  /** Where to begin; absent for the whole file. */
  readonly start?: number;
  /** At most so much; a longer file is refused unless `start` is given. */
  readonly maxBytes: number;
  /** `hex`: as lines of offset, bytes and characters. */
  readonly as: "base64" | "hex";
}

/** What came of reading a file. */
export type FileAnswer =
  | {
      readonly kind: "content";
      readonly text: string;
      /** Of the whole file. */
      readonly contentBytes: number;
      /** How many bytes of it the text stands for. */
      readonly shownBytes: number;
      /** No byte among them is zero. */
      readonly isText: boolean;
    }
  /** One sentence for a person; `gone`: no such layer or file is there any more. */
  | { readonly kind: "refused"; readonly isGone: boolean; readonly message: string }
  | { readonly kind: "cancelled" };

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
  /** Kinds of content in the order of legends. */
  readonly contents: readonly string[];
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

/** What a binary is made of. */
export type BinaryAnswer =
  | {
      readonly kind: "labels";
      readonly contentBytes: number;
      /** Heaviest first; together they are exactly `contentBytes`. */
      readonly parts: readonly BinaryPart[];
    }
  /** One sentence for a person. */
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "cancelled" };

/** A section, a package of Go, or other bytes with one purpose; a `rest` stands for parts too light to be listed. */
export interface BinaryPart {
  readonly name: string;
  /** The name, safe to show; absent where it is the same. */
  readonly label?: string;
  readonly kind: "section" | "rest";
  /** The sum of its children's where it has any. */
  readonly bytes: number;
  readonly sizeText: string;
  readonly exactText: string;
  /** Share of the file: `45%`. */
  readonly shareText: string;
  /** Parts that a `rest` stands for. */
  readonly count?: number;
  /** Heaviest first, a `rest` last. */
  readonly children?: readonly BinaryPart[];
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

/** One row of the view "To scratch", with all below it. */
export interface ScratchRow {
  /** Unique in one answer, and the same in the next one that says the same. */
  readonly id: string;
  readonly kind: "verdict" | "offer" | "check" | "refusal" | "caveat" | "file" | "group";
  readonly label: string;
  /** Right of the label: the bytes, or the evidence. */
  readonly description?: string;
  /** Plain text. */
  readonly tooltip?: string;
  /** What a screen reader says. */
  readonly accessibilityLabel: string;
  /** Codicon name. */
  readonly icon: string;
  /** How it stands: what colours the icon. */
  readonly tone: "good" | "bad" | "open" | "plain";
  /** Zero-based line of the Dockerfile that this row goes to on click. */
  readonly line?: number;
  /** Of rows that are offers: what to ask `rewrite` for. */
  readonly offerId?: string;
  /** In the order in which they are shown; empty for most. */
  readonly children: readonly ScratchRow[];
}

/** One of the offers for a Dockerfile. */
export interface RewriteParams {
  readonly uri: string;
  readonly offerId: string;
}

/** What a rewrite makes of one version of a Dockerfile. */
export interface RewritePreview {
  /** `FROM scratch: 812 MB → 1.7 MB`. */
  readonly title: string;
  /** Version of the document that it was made for. */
  readonly version: number;
  /** The whole text afterwards. */
  readonly newText: string;
  /** What leads there; positions zero-based, in UTF-16 units. */
  readonly edits: readonly PreviewEdit[];
  /** What to know before taking it, sentences. */
  readonly caveats: readonly string[];
}

/** What came of building a Dockerfile as it is and as a rewrite has it. */
export type BuildOutcome =
  | {
      readonly kind: "built";
      /** `812 MB → 1.7 MB, as built`. */
      readonly title: string;
      /** Both texts, each line behind the bytes that it wrote. */
      readonly before: string;
      readonly after: string;
      /** What is left to be said, such as a name that could not be removed; sentences. */
      readonly remarks: readonly string[];
    }
  /** One sentence that says what to do. */
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "cancelled" };

export interface PreviewEdit {
  readonly range: { readonly start: PreviewPosition; readonly end: PreviewPosition };
  readonly newText: string;
}

export interface PreviewPosition {
  readonly line: number;
  readonly character: number;
}

/** An image a user can choose for a Dockerfile. */
export interface ImageChoice {
  readonly reference: string;
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
}
