import type { Dockerfile } from "../dockerfile/syntax.ts";
import type { Image } from "../image/image.ts";
import type { Platform } from "../image/imageConfig.ts";
import type { Attribution, Basis } from "../join/attribution.ts";
import type { BudgetSettings, Limit } from "./limits.ts";
import { limitsOf } from "./limits.ts";

/** One limit held against one total: `budget` against layer content bytes, `transfer-budget` against compressed bytes. */
export interface BudgetVerdict extends Limit {
  /** Undefined when it cannot be known (no image, no compressed sizes): no verdict then. */
  readonly actualBytes: number | undefined;
  /** True where `actualBytes` is only the least that it can be. */
  readonly isLeast?: boolean;
  readonly basis: Basis;
  /** True also when nothing is known: a guess never fails a build. */
  readonly isWithin: boolean;
  /** The instruction whose bytes, added in order, cross the limit; undefined when within or not known. */
  readonly crossedBy: number | undefined;
}

/**
 * Holds the limits that apply to a file against what its image weighs; empty without limits. `budget` first, limits of stages last: those are
 * not known from an image alone, `judgeForecast` tells them. `platform` is what the file is going to be built for, while there is no image.
 */
export function judgeBudgets(
  dockerfile: Dockerfile,
  image: Image | undefined,
  attribution: Attribution | undefined,
  settings: BudgetSettings,
  platform?: Platform,
): readonly BudgetVerdict[] {
  const of = image?.description.config.platform ?? platform;
  return limitsOf(dockerfile, settings, of).map((limit): BudgetVerdict => {
    const bytesOf = limit.name === "budget" ? contentBytesOf : transferBytesOf;
    const judged = limit.stage === undefined ? image : undefined;
    const layerCount = judged?.description.layers.length ?? 0;
    const actualBytes = judged && sumOf(judged, range(layerCount), bytesOf);
    const isWithin = actualBytes === undefined || actualBytes <= limit.limitBytes;
    return {
      ...limit,
      actualBytes,
      basis: actualBytes === undefined ? "unknown" : "measured",
      isWithin,
      crossedBy:
        isWithin || judged === undefined
          ? undefined
          : crossingInstruction(judged, attribution, limit.limitBytes, bytesOf),
    };
  });
}

type LayerBytes = (image: Image, layer: number) => number | undefined;

const contentBytesOf: LayerBytes = (image, layer) =>
  image.state === "read"
    ? image.read.layers[layer]?.contentBytes
    : image.description.historyBytes?.[layer];

const transferBytesOf: LayerBytes = (image, layer) =>
  image.state === "read"
    ? image.read.layers[layer]?.transferBytes
    : image.description.layers[layer]?.transferBytes;

function sumOf(image: Image, layers: readonly number[], bytesOf: LayerBytes): number | undefined {
  return layers.reduce<number | undefined>((sum, layer) => {
    const bytes = bytesOf(image, layer);
    return sum === undefined || bytes === undefined ? undefined : sum + bytes;
  }, 0);
}

/** The line of the layer with which the sum, base first, goes past the limit; base layers count for the line that brought them. */
function crossingInstruction(
  image: Image,
  attribution: Attribution | undefined,
  limitBytes: number,
  bytesOf: LayerBytes,
): number | undefined {
  let sum = 0;
  const layer = image.description.layers.findIndex((_, index) => {
    sum += bytesOf(image, index) ?? 0;
    return sum > limitBytes;
  });
  return attribution?.instructions.find(({ layers }) => layers.includes(layer))?.instruction;
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
