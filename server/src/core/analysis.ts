import type { Dockerfile } from "./dockerfile/syntax.ts";
import type { Image, ImageDescription } from "./image/image.ts";
import type { Attribution } from "./join/attribution.ts";
import type { BudgetVerdict } from "./budget/budget.ts";
import type { Problem } from "./result.ts";

export { describeImageError } from "./image/imageError.ts";
export { parseImageReference } from "./image/reference.ts";
export { formatSize, parseSize } from "./text/size.ts";
export type { Dockerfile } from "./dockerfile/syntax.ts";
export type { Image, ImageDescription, ReadImage } from "./image/image.ts";
export type { ImageError } from "./image/imageError.ts";

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

/** Reads a Dockerfile; never fails. Cost linear in the text: keep the result for as long as the text is the same. */
export declare function parseDockerfile(text: string): Dockerfile;

/** Everything that can be known of a Dockerfile with the newest snapshot of its image; total and pure. An empty Dockerfile stands for none. */
export declare function analyse(
  dockerfile: Dockerfile,
  image: Image | undefined,
  settings?: AnalysisSettings,
): Analysis;

/** How well an image's history fits the final stage of a Dockerfile, 0–1; 0 when there is nothing to compare. */
export declare function matchHistory(
  dockerfile: Dockerfile,
  config: ImageDescription["config"],
): number;
