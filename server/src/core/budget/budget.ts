import type { Basis } from "../join/attribution.ts";

/** One limit held against one measured total. */
export interface BudgetVerdict {
  /** `budget` for the final file system plus waste (layer content bytes), `transfer-budget` for compressed bytes. */
  readonly name: "budget" | "transfer-budget";
  readonly limitBytes: number;
  /** Undefined when it cannot be known (no image, no compressed sizes): no verdict then. */
  readonly actualBytes: number | undefined;
  readonly basis: Basis;
  /** True also when nothing is known: a guess never fails a build. */
  readonly isWithin: boolean;
  /** The instruction whose bytes, added in order, cross the limit; undefined when within or not known. */
  readonly crossedBy: number | undefined;
}
