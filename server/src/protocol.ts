/** Custom LSP methods between our server and our client. Any other client may leave them out: hints, hovers, diagnostics and code actions need none of them. */
export const methods = {
  /** Notification, server → client: `ImageStatus`. Sent whenever what is known of a Dockerfile's image changes, to clients that sent `InitializationOptions`. */
  imageStatus: "tare/imageStatus",
  /** Request, client → server: `TreeParams` → `TreeRow[]`, heaviest first. Answered from the newest snapshot, never waits. */
  tree: "tare/tree",
  /** Request, client → server: `RevealParams` → `string[]`: ids of the rows from the root to the row asked for; empty when there is none. */
  reveal: "tare/reveal",
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
  /** Request, client → server: `DocumentParams` → `ImageChoice[]`: what the engine and the workspace folders hold, best match first. */
  listImages: "tare/listImages",
  /** Request, client → server: `ChooseParams` → null. */
  chooseImage: "tare/chooseImage",
  /** Request, client → server: `DocumentParams` → null. Looks at the image again; reads only what changed. */
  refresh: "tare/refresh",
  /** Notification, client → server: `TrustParams`. Until trusted only the text is analysed. */
  trust: "tare/trust",
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
  /** What the next build will weigh, as far as that is known: `85 MB`, `85 MB + line 4 unknown`; absent where the image says the same. */
  readonly predictedText?: string;
  /** Another value than last time: the rows of the layer tree are to be asked for again (another image, its files read, or layers on other lines). */
  readonly treeVersion?: string;
  /** The strictest budget that applies. */
  readonly budget?: {
    readonly limitText: string;
    readonly actualText: string;
    readonly isWithin: boolean;
  };
}

export interface TreeParams {
  readonly uri: string;
  /** Id of the row whose children are asked for; absent for the top rows. */
  readonly parent?: string;
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
}

/** A file of the image of a Dockerfile. */
export interface FileParams {
  readonly uri: string;
  /** In the image, `/` between its parts, none in front. */
  readonly path: string;
  /** Index of the layer whose entry is meant, base first; absent: the one that the final file system shows. */
  readonly layer?: number;
}

/** What a treemap shows. */
export interface TreemapTarget {
  readonly uri: string;
  /** Index of the layer, base first; absent: the final file system with all waste beside it. */
  readonly layer?: number;
  /** Directory or binary to start at, no `/` in front; absent: the root. */
  readonly path?: string;
}

/** Which row to show: that of a layer, by instruction line (zero-based) or layer index, maybe a path in it. */
export interface RevealParams {
  readonly uri: string;
  readonly line?: number;
  readonly layer?: number;
  readonly path?: string;
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
