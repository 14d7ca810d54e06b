import type { Dockerfile, Instruction, Keyword } from "../dockerfile/syntax.ts";
import type { DiffId } from "../image/digest.ts";
import type { Image } from "../image/image.ts";
import type { ImageConfig } from "../image/imageConfig.ts";
import type { Pair } from "./align.ts";
import type { Attribution, Builder, InstructionWeight, LayerOrigin } from "./attribution.ts";
import { type HistoryRow, isRepaired, layerRowCount, toHistoryRows } from "./createdBy.ts";
import { type MergedLayers, findMergedLayers } from "./mergedLayers.ts";
import { type Fit, bestFit } from "./stageFit.ts";
import { contentOf, unknownWeight, weightOf } from "./weight.ts";

/** What else is known at the join. */
export interface AttributeOptions {
  /** Layers of the base image, base first, where it is at hand: then the base's share is certain. */
  readonly baseDiffIds?: readonly DiffId[];
}

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
  const fit = problem === undefined ? bestFit(dockerfile, rows) : undefined;
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

function joined(
  dockerfile: Dockerfile,
  image: Image,
  rows: readonly HistoryRow[],
  fit: Fit,
  options: AttributeOptions,
): Attribution {
  const { pairs } = fit.alignment;
  const firstOwnRow = ownRowsStart(rows, fit, image, options);
  const own = rows.slice(firstOwnRow);
  const lineOfRow = new Map(
    pairs.map(({ expected, row }) => [row, fit.expected[expected]?.instruction.index]),
  );
  const layers = image.description.layers.map((_, layer): LayerOrigin => {
    const row = rows.find((one) => one.layer === layer);
    const isOwn = row !== undefined && row.index >= firstOwnRow;
    return {
      origin: isOwn ? "own" : "base",
      historyIndex: row?.index,
      instruction: isOwn ? lineOfRow.get(row.index) : undefined,
    };
  });
  const lost = layers.flatMap(({ origin, instruction }, layer) =>
    origin === "own" && instruction === undefined ? [layer] : [],
  );
  return {
    builder: builderOf(own.length === 0 ? rows : own),
    layers,
    instructions: dockerfile.instructions.map((instruction) =>
      weigh(instruction, {
        image,
        rows,
        fit,
        layers,
        isBaseCertain: isBaseCertain(fit, image, options),
      }),
    ),
    matchRatio: fit.alignment.matchRatio,
    reason: undefined,
    unattributedBytes: lost.length === 0 ? undefined : contentOf(image, lost),
  };
}

function knowsBase(image: Image, { baseDiffIds }: AttributeOptions): boolean {
  return (
    baseDiffIds !== undefined &&
    baseDiffIds.every((diffId, index) => image.description.layers[index]?.diffId === diffId)
  );
}

function isBaseCertain(fit: Fit, image: Image, options: AttributeOptions): boolean {
  return fit.chain[0]?.base.kind === "scratch" || knowsBase(image, options);
}

/** Where the chain's own rows begin: behind the base's last layer where the base is known, else at the first row that found its line. */
function ownRowsStart(
  rows: readonly HistoryRow[],
  { alignment }: Fit,
  image: Image,
  options: AttributeOptions,
): number {
  if (!knowsBase(image, options)) return alignment.firstOwnRow;
  const baseLayers = options.baseDiffIds?.length ?? 0;
  const firstOwnLayer = rows.find(({ layer }) => layer !== undefined && layer >= baseLayers);
  return Math.min(firstOwnLayer?.index ?? rows.length, alignment.firstOwnRow);
}

interface Weighing {
  readonly image: Image;
  readonly rows: readonly HistoryRow[];
  readonly fit: Fit;
  readonly layers: readonly LayerOrigin[];
  readonly isBaseCertain: boolean;
}

function weigh(instruction: Instruction, weighing: Weighing): InstructionWeight {
  const { fit, image, rows } = weighing;
  const isInChain = fit.chain.some(({ instructions }) =>
    instructions.some(({ index }) => index === instruction.index),
  );
  if (!isInChain) return unknownWeight(instruction.index);
  if (instruction.keyword === "FROM") return weighFrom(instruction, weighing);
  const pair = fit.alignment.pairs.find(
    ({ expected }) => fit.expected[expected]?.instruction.index === instruction.index,
  );
  if (pair !== undefined) return weighPair(instruction, pair, image, rows);
  if (!neverWrites.has(instruction.keyword)) return unknownWeight(instruction.index);
  return weightOf(image, instruction.index, [], "measured", "certain");
}

/** Instructions for which some builders write no row and none writes bytes. */
const neverWrites: ReadonlySet<Keyword> = new Set<Keyword>(["ARG", "ONBUILD", "SHELL"]);

function weighFrom(
  instruction: Instruction,
  { fit, image, layers, isBaseCertain: isCertain }: Weighing,
): InstructionWeight {
  const isFirst = fit.chain[0]?.from.index === instruction.index;
  const base = isFirst
    ? layers.flatMap(({ origin }, layer) => (origin === "base" ? [layer] : []))
    : [];
  return weightOf(
    image,
    instruction.index,
    base,
    "measured",
    isCertain || !isFirst ? "certain" : "likely",
  );
}

function weighPair(
  instruction: Instruction,
  { row, isEdited, confidence }: Pair,
  image: Image,
  rows: readonly HistoryRow[],
): InstructionWeight {
  const layer = rows[row]?.layer;
  const basis = isEdited ? "stale" : "measured";
  return weightOf(image, instruction.index, layer === undefined ? [] : [layer], basis, confidence);
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

/** Who wrote the newest row that shows its builder. */
function builderOf(rows: readonly HistoryRow[]): Builder {
  return rows.findLast(({ builder }) => builder !== "unknown")?.builder ?? "unknown";
}
