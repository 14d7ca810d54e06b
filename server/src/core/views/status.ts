import type { Analysis } from "../analysis.ts";
import type { BudgetVerdict } from "../budget/budget.ts";
import { formatSize } from "../text/size.ts";
import type { ImageContext } from "./imageContext.ts";
import { predictionOf } from "./predicted.ts";
import { imageBytes } from "./totals.ts";

/** What the status bar shows of a Dockerfile's image. */
export interface Status extends ImageContext {
  /** contentBytes of all layers; absent while not known. */
  readonly totalBytes?: number;
  readonly totalText?: string;
  /** Absent without waste and until the layers are read. */
  readonly wastedText?: string;
  /** What the next build will weigh: `85 MB`, `85 MB + line 4 unknown`; absent where the image says the same, and where nothing is known. */
  readonly predictedText?: string;
  /** The budget of the image that is nearest to its limit or furthest over it; absent when none has a verdict. */
  readonly budget?: {
    readonly limitText: string;
    readonly actualText: string;
    readonly isWithin: boolean;
    /** The target that states the limit; absent for a limit that was set as a size. */
    readonly target?: string;
  };
}

/** The status of a Dockerfile with the newest snapshot of its image. */
export function statusOf(analysis: Analysis, context: ImageContext): Status {
  const { image, budgets } = analysis;
  const predicted = predictionOf(analysis);
  const totalBytes = imageBytes(image);
  const wastedBytes = image?.state === "read" ? image.read.wastedBytes : 0;
  const strictest = budgets
    .filter(({ stage }) => stage === undefined)
    .reduce<BudgetVerdict | undefined>(stricterOf, undefined);
  return {
    ...context,
    ...(totalBytes === undefined ? {} : { totalBytes, totalText: formatSize(totalBytes) }),
    ...(wastedBytes === 0 ? {} : { wastedText: formatSize(wastedBytes) }),
    ...(predicted === undefined ? {} : { predictedText: predicted.text }),
    ...(strictest?.actualBytes === undefined
      ? {}
      : {
          budget: {
            limitText: formatSize(strictest.limitBytes),
            actualText: formatSize(strictest.actualBytes),
            isWithin: strictest.isWithin,
            ...(strictest.target === undefined ? {} : { target: strictest.target }),
          },
        }),
  };
}

/** The one whose total takes the larger part of its limit; a verdict without a total is no verdict. */
function stricterOf(a: BudgetVerdict | undefined, b: BudgetVerdict): BudgetVerdict | undefined {
  if (b.actualBytes === undefined) return a;
  if (a?.actualBytes === undefined) return b;
  return b.actualBytes * a.limitBytes > a.actualBytes * b.limitBytes ? b : a;
}
