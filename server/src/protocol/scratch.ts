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
