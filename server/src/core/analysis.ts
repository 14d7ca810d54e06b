import { judgeBudgets } from "./budget/budget.ts";
import type { BudgetVerdict } from "./budget/budget.ts";
import type { Dockerfile } from "./dockerfile/syntax.ts";
import type { Image } from "./image/image.ts";
import { attribute } from "./join/attribute.ts";
import type { Attribution } from "./join/attribution.ts";
import type { Problem } from "./result.ts";

export { parseDockerfile } from "./dockerfile/parse.ts";
export { describeImageError } from "./image/imageError.ts";
export { parseImageReference } from "./image/reference.ts";
export { matchHistory } from "./join/stageFit.ts";
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

/**
 * Joins a Dockerfile with the newest snapshot of its image; total and pure. An empty Dockerfile stands for none. Costs the join, nothing
 * that grows with the image's files: keep the result for as long as both are the same.
 */
export function analyse(
  dockerfile: Dockerfile,
  image: Image | undefined,
  settings: AnalysisSettings = {},
): Analysis {
  const attribution = image === undefined ? undefined : attribute(dockerfile, image);
  return {
    dockerfile,
    image,
    attribution,
    budgets: judgeBudgets(dockerfile, image, attribution, settings),
    problems: dockerfile.problems,
  };
}
