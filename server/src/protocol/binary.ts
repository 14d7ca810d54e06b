/** What a binary is made of. */
export type BinaryAnswer =
  | {
      readonly kind: "labels";
      readonly contentBytes: number;
      /** Heaviest first; together they are exactly `contentBytes`. */
      readonly parts: readonly BinaryPart[];
      /** One sentence about what cannot be said; absent where there is nothing of that kind. */
      readonly remark?: string;
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
  /** What most of its bytes are there for: `code`, `constants`, `debug`… */
  readonly use: string;
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
