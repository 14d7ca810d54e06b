import type { Analysis } from "../analysis.ts";
import type { BudgetVerdict } from "../budget/budget.ts";
import { formatSize } from "../text/size.ts";
import type { BesideImage } from "./besideImage.ts";
import { sharedText, totalGrowthText } from "./besideImage.ts";
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
  /** `+14 MB since the build of 2026-11-20 14:03 UTC`; absent without an earlier build. */
  readonly growthText?: string;
  /** `74.8 MB (layers 1–3) with 4 other images; this image alone adds 12.3 MB`; absent where nothing is known of others. */
  readonly sharedText?: string;
  /** What the next build will weigh: `85 MB`, `85 MB + line 4 unknown`; absent where the image says the same, and where nothing is known. */
  readonly predictedText?: string;
  /** The budget of the image that is nearest to its limit or furthest over it; absent when none has a verdict. */
  readonly budget?: {
    readonly limitText: string;
    readonly actualText: string;
    readonly isWithin: boolean;
    /** The target that states the limit; absent for a limit that was set as a size. */
    readonly target?: string;
    /** The only platform that it holds for; absent for all of them. */
    readonly platform?: string;
  };
  /** How many layers the image has, and may have; absent without a limit, and where it has no verdict. */
  readonly layerBudget?: {
    readonly mostLayers: number;
    readonly actualLayers: number;
    readonly isWithin: boolean;
  };
}

/** The status of a Dockerfile with the newest snapshot of its image. */
export function statusOf(
  analysis: Analysis,
  context: ImageContext,
  beside: BesideImage = {},
): Status {
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
    ...besideTexts(beside),
    ...(predicted === undefined ? {} : { predictedText: predicted.text }),
    ...(strictest?.actualBytes === undefined
      ? {}
      : {
          budget: {
            limitText: formatSize(strictest.limitBytes),
            actualText: formatSize(strictest.actualBytes),
            isWithin: strictest.isWithin,
            ...(strictest.target === undefined ? {} : { target: strictest.target }),
            ...(strictest.platform === undefined ? {} : { platform: strictest.platform }),
          },
        }),
    ...layerStatus(analysis),
  };
}

function layerStatus({ layerBudget }: Analysis): Pick<Status, "layerBudget"> {
  if (layerBudget?.actualLayers === undefined) return {};
  const { mostLayers, actualLayers, isWithin } = layerBudget;
  return { layerBudget: { mostLayers, actualLayers, isWithin } };
}

/** The one whose total takes the larger part of its limit; a verdict without a total is no verdict. */
function stricterOf(a: BudgetVerdict | undefined, b: BudgetVerdict): BudgetVerdict | undefined {
  if (b.actualBytes === undefined) return a;
  if (a?.actualBytes === undefined) return b;
  return b.actualBytes * a.limitBytes > a.actualBytes * b.limitBytes ? b : a;
}

function besideTexts({ growth, shared }: BesideImage): Pick<Status, "growthText" | "sharedText"> {
  const grown = totalGrowthText(growth);
  const sharing = sharedText(shared);
  return {
    ...(grown === undefined ? {} : { growthText: grown }),
    ...(sharing === undefined ? {} : { sharedText: sharing }),
  };
}
