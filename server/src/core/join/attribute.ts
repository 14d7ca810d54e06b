import type { Dockerfile } from "../dockerfile/syntax.ts";
import type { Image } from "../image/image.ts";
import type { ImageConfig } from "../image/imageConfig.ts";
import type { Attribution } from "./attribution.ts";
import {
  type HistoryRow,
  builderOf,
  isRepaired,
  layerRowCount,
  toHistoryRows,
} from "./createdBy.ts";
import { type AttributeOptions, joined } from "./joined.ts";
import { type MergedLayers, findMergedLayers } from "./mergedLayers.ts";
import { type Fit, bestFit } from "./stageFit.ts";
import { contentOf } from "../image/layerContent.ts";
import { unknownWeight, weightOf } from "./weight.ts";

/** A history that fits worse than this was not written by the file, as far as anyone can tell. */
const leastMatchRatio = 0.25;

/**
 * Pairs the instructions of a Dockerfile with the layers of an image; total and pure. Where the two do not fit, no line gets a number and
 * `reason` says why. O(instructions of the stage chain · history rows).
 */
export function attribute(
  dockerfile: Dockerfile,
  image: Image,
  options: AttributeOptions = {},
): Attribution {
  const { config } = image.description;
  const rows = toHistoryRows(config.history);
  const problem = historyProblem(config);
  const fit = problem === undefined ? bestFit(dockerfile, rows, config.settings.shell) : undefined;
  if (fit === undefined) return nothingKnown(dockerfile, image, rows, problem ?? noStage);
  if (fit.alignment.matchRatio < leastMatchRatio) {
    return {
      ...nothingKnown(dockerfile, image, rows, notThisFile(rows)),
      matchRatio: fit.alignment.matchRatio,
    };
  }
  const merged = findMergedLayers(rows, fit);
  if (merged !== undefined) return unsplit(dockerfile, image, rows, fit, merged);
  return joined(dockerfile, image, rows, fit, options);
}

const repaired =
  "The builder added rows to the image's history for layers it did not name, so its layers cannot be told apart by line.";
const noStage = "The Dockerfile has no FROM yet, so nothing in it can be measured.";

function historyProblem({ history, diffIds }: ImageConfig): string | undefined {
  if (history.length === 0) {
    return diffIds.length === 0
      ? undefined
      : "The image carries no history, so its layers cannot be told apart by line.";
  }
  const named = layerRowCount(history);
  if (named === diffIds.length) return isRepaired(history) ? repaired : undefined;
  return `The image's history speaks of ${named} layers and it has ${diffIds.length}, so its layers cannot be told apart by line.`;
}

function notThisFile(rows: readonly HistoryRow[]): string {
  const builder = builderOf(rows);
  return builder === "foreign" || builder === "unknown"
    ? "The image was not made from a Dockerfile, as far as its history shows."
    : "The image's history does not fit this Dockerfile: it was built from another one, or from a much older version.";
}

function nothingKnown(
  dockerfile: Dockerfile,
  image: Image,
  rows: readonly HistoryRow[],
  reason: string,
): Attribution {
  const isMapped = historyProblem(image.description.config) === undefined;
  return {
    builder: builderOf(rows),
    layers: image.description.layers.map((_, layer) => ({
      origin: "unknown",
      historyIndex: isMapped ? rows.find((row) => row.layer === layer)?.index : undefined,
      instruction: undefined,
    })),
    instructions: dockerfile.instructions.map(({ index }) => unknownWeight(index)),
    matchRatio: 0,
    reason,
    unattributedBytes: undefined,
  };
}

/** Several lines in one layer: its bytes are known, those of a line are not. */
function unsplit(
  dockerfile: Dockerfile,
  image: Image,
  rows: readonly HistoryRow[],
  { chain, alignment }: Fit,
  { layers, firstOwnRow, holdsBase, confidence, reason }: MergedLayers,
): Attribution {
  const unknown = nothingKnown(dockerfile, image, rows, reason);
  const from = chain[0]?.from.index;
  const base = image.description.layers.flatMap((_, index) =>
    layers.includes(index) ? [] : [index],
  );
  return {
    ...unknown,
    builder: builderOf(rows.slice(firstOwnRow)),
    layers: unknown.layers.map((origin, index) => ({
      ...origin,
      origin: !layers.includes(index) ? "base" : holdsBase ? "unknown" : "own",
    })),
    instructions: unknown.instructions.map((weight) =>
      weight.instruction === from && !holdsBase
        ? weightOf(image, weight.instruction, base, "measured", confidence)
        : weight,
    ),
    matchRatio: alignment.matchRatio,
    unattributedBytes: holdsBase ? undefined : contentOf(image, layers),
  };
}
