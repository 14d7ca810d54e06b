/** The builds of a Dockerfile that were seen on this machine. */
export interface BuildHistory {
  /** Oldest first. */
  readonly builds: readonly HistoryBuild[];
}

/** One of them. */
export interface HistoryBuild {
  /** Names it in its history. */
  readonly id: string;
  /** The first digits. */
  readonly imageId: string;
  readonly reference: string;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** Layer content bytes, and the same for people. */
  readonly totalBytes: number;
  readonly totalText: string;
  /** Against the build before: `+14 MB`, `±0`; absent for a first one. */
  readonly changeText?: string;
  /** What was checked out then. */
  readonly commit?: string;
  /** True for the image that the editor shows now. */
  readonly isShown: boolean;
}

/** Two builds of one Dockerfile. */
export interface CompareBuildsParams {
  readonly uri: string;
  /** Ids of `HistoryBuild`. Absent: the image that the editor shows, and the build before it. */
  readonly before?: string;
  readonly after?: string;
}

/** What is different between two builds. */
export type BuildsComparison =
  | {
      readonly kind: "compared";
      /** `120 MB → 134 MB (+14 MB)`. */
      readonly title: string;
      /** By line, package and path; by line alone where an image is gone. */
      readonly markdown: string;
    }
  /** One sentence that says what to do. */
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "cancelled" };

/** Messages between the extension and the webview of the build history. */
export type HistoryViewMessage =
  /** Extension → webview: what to show; `builds` empty with the sentence that says why. */
  | { readonly kind: "show"; readonly builds: readonly HistoryBuild[]; readonly sentence: string }
  /** Webview → extension: it listens now. */
  | { readonly kind: "ready" }
  /** Webview → extension: a build was picked, to be compared with the newest. */
  | { readonly kind: "compare"; readonly id: string };
