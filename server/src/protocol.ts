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

/** An image a user can choose for a Dockerfile. */
export interface ImageChoice {
  readonly reference: string;
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
}
