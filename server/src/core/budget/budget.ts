import type { Dockerfile } from "../dockerfile/syntax.ts";
import type { Image } from "../image/image.ts";
import type { Attribution, Basis } from "../join/attribution.ts";
import { parseSize } from "../text/size.ts";

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

/** Limits from the settings, bytes; directives in the file win. */
export interface BudgetSettings {
  readonly budgetBytes?: number;
  readonly transferBudgetBytes?: number;
}

/** Holds the limits that apply to a file against what its image weighs; empty without limits. `budget` first. */
export function judgeBudgets(
  dockerfile: Dockerfile,
  image: Image | undefined,
  attribution: Attribution | undefined,
  settings: BudgetSettings,
): readonly BudgetVerdict[] {
  const limits = [
    { name: "budget", limitBytes: limitIn(dockerfile, "budget") ?? settings.budgetBytes },
    {
      name: "transfer-budget",
      limitBytes: limitIn(dockerfile, "transfer-budget") ?? settings.transferBudgetBytes,
    },
  ] as const;
  return limits.flatMap(({ name, limitBytes }): readonly BudgetVerdict[] => {
    if (limitBytes === undefined) return [];
    const bytesOf = name === "budget" ? contentBytesOf : transferBytesOf;
    const layerCount = image?.description.layers.length ?? 0;
    const actualBytes = image && sumOf(image, range(layerCount), bytesOf);
    const isWithin = actualBytes === undefined || actualBytes <= limitBytes;
    return [
      {
        name,
        limitBytes,
        actualBytes,
        basis: actualBytes === undefined ? "unknown" : "measured",
        isWithin,
        crossedBy:
          isWithin || image === undefined
            ? undefined
            : crossingInstruction(image, attribution, limitBytes, bytesOf),
      },
    ];
  });
}

/** The first valid limit of that name in the file. */
function limitIn(dockerfile: Dockerfile, name: BudgetVerdict["name"]): number | undefined {
  return dockerfile.directives
    .flatMap(({ settings }) => settings)
    .filter(({ key }) => key === name)
    .map(({ value }) => parseSize(value))
    .find((bytes) => bytes !== undefined);
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
