import type { Dockerfile } from "./dockerfile/syntax.ts";
import type { Image } from "./image/image.ts";
import type { Attribution } from "./join/attribution.ts";
import type { BudgetVerdict } from "./budget/budget.ts";
import type { Problem } from "./result.ts";

export { parseSize } from "./text/size.ts";

/** What the user set, apart from the Dockerfile's own directives. */
export interface AnalysisSettings {
  /** Bytes; undefined for no limit. Directives in the file win. */
  readonly budgetBytes?: number;
  readonly transferBudgetBytes?: number;
}

/** Everything that is known of one version of a Dockerfile with one snapshot of its image. Plain data; all views read it. */
export interface Analysis {
  readonly dockerfile: Dockerfile;
  /** Undefined while no image is known. */
  readonly image: Image | undefined;
  /** Undefined without an image. */
  readonly attribution: Attribution | undefined;
  readonly budgets: readonly BudgetVerdict[];
  /** Bad directives and what the parser could not read, in text order. */
  readonly problems: readonly Problem[];
}
