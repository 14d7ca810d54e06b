import type { Dockerfile, Instruction, Keyword } from "../dockerfile/syntax.ts";
import type { DiffId } from "../image/digest.ts";
import type { Image } from "../image/image.ts";
import type { Pair } from "./align.ts";
import type {
  Attribution,
  Builder,
  Confidence,
  InstructionWeight,
  LayerOrigin,
} from "./attribution.ts";
import { type HistoryRow, builderOf } from "./createdBy.ts";
import { hasMountedFiles } from "./mountedFiles.ts";
import { hasHiddenFlag, leastSimilarity, matchRow, similarity } from "./rowMatch.ts";
import type { Fit } from "./stageFit.ts";
import { contentOf } from "../image/layerContent.ts";
import { unknownWeight, weightOf } from "./weight.ts";

/** What else is known at the join. */
export interface AttributeOptions {
  /** Layers of the base image, base first, where it is at hand: then the base's share is certain. */
  readonly baseDiffIds?: readonly DiffId[];
  /** True where those layers are only what the lines of an earlier version of the file left over: then the base's share is likely. */
  readonly isBaseInferred?: boolean;
}

/** The attribution of an image whose rows found their lines, each row having a layer of its own or none. */
export function joined(
  dockerfile: Dockerfile,
  image: Image,
  rows: readonly HistoryRow[],
  fit: Fit,
  options: AttributeOptions,
): Attribution {
  const firstOwnRow = ownRowsStart(rows, fit, image, options);
  const pairs = fit.alignment.pairs.filter(({ row }) => row >= firstOwnRow);
  const lineOf = (pair: Pair): number => fit.expected[pair.expected]?.instruction.index ?? -1;
  const lineOfRow = new Map(pairs.map((pair) => [pair.row, lineOf(pair)]));
  const rowOfLayer = new Map(rows.map((row) => [row.layer, row.index]));
  const base = baseTrust(rows, fit, image, options);
  const layers = image.description.layers.map((_, layer): LayerOrigin => {
    const historyIndex = rowOfLayer.get(layer);
    const isOwn = historyIndex !== undefined && historyIndex >= firstOwnRow;
    return {
      origin: isOwn ? "own" : base.basis === "unknown" ? "unknown" : "base",
      historyIndex,
      instruction: isOwn ? lineOfRow.get(historyIndex) : undefined,
    };
  });
  const lost = layers.flatMap(({ origin, instruction }, layer) =>
    origin === "own" && instruction === undefined ? [layer] : [],
  );
  const own = rows.slice(firstOwnRow);
  const builder = builderOf(own.length === 0 ? rows : own);
  const weighing: Weighing = {
    image,
    rows,
    fit,
    layers,
    builder,
    pairOf: new Map(pairs.map((pair) => [lineOf(pair), pair])),
    inChain: new Set(
      fit.chain.flatMap(({ instructions }) => instructions.map(({ index }) => index)),
    ),
    base,
  };
  return {
    builder,
    layers,
    instructions: dockerfile.instructions.map((instruction) => weigh(instruction, weighing)),
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

/** Where the chain's own rows begin: behind the base's last layer where the base is known, else at the first row that found its line. */
function ownRowsStart(
  rows: readonly HistoryRow[],
  { alignment }: Fit,
  image: Image,
  options: AttributeOptions,
): number {
  if (!knowsBase(image, options)) return alignment.firstOwnRow;
  const baseLayers = options.baseDiffIds?.length ?? 0;
  const lastBaseRow = rows.findLast(({ layer }) => layer !== undefined && layer < baseLayers);
  return (lastBaseRow?.index ?? -1) + 1;
}

/** What the base's bytes are worth. */
interface BaseTrust {
  /** Unknown where rows that pass for the base's may be this file's own. */
  readonly basis: "measured" | "unknown";
  readonly confidence: Confidence;
}

function baseTrust(
  rows: readonly HistoryRow[],
  fit: Fit,
  image: Image,
  options: AttributeOptions,
): BaseTrust {
  const isScratch = fit.chain[0]?.base.kind === "scratch";
  if (isScratch || knowsBase(image, options)) {
    const isInferred = !isScratch && options.isBaseInferred === true;
    return { basis: "measured", confidence: isInferred ? "likely" : "certain" };
  }
  return { basis: isBoundaryBlurred(rows, fit) ? "unknown" : "measured", confidence: "likely" };
}

/**
 * Whether rows that pass for the base's may be those of lines without a pair: of a line above all others that is new, or an old one changed
 * beyond recognition, or of a line further below that reads alike and was moved.
 */
function isBoundaryBlurred(rows: readonly HistoryRow[], { expected, alignment }: Fit): boolean {
  const paired = new Set(alignment.pairs.map((pair) => pair.expected));
  const firstPaired = alignment.pairs[0]?.expected ?? expected.length;
  const unpaired = expected.flatMap((one, index) => (paired.has(index) ? [] : [{ one, index }]));
  const above = rows.slice(1, alignment.firstOwnRow).filter(({ layer }) => layer !== undefined);
  return above
    .slice(Math.max(above.length - unpaired.length, 0))
    .some((row) =>
      unpaired.some(({ one, index }) =>
        index < firstPaired
          ? row.keyword === one.instruction.keyword
          : similarity(one, row) >= leastSimilarity || matchRow(one, row) !== undefined,
      ),
    );
}

interface Weighing {
  readonly image: Image;
  readonly rows: readonly HistoryRow[];
  readonly fit: Fit;
  readonly layers: readonly LayerOrigin[];
  readonly builder: Builder;
  /** By instruction. */
  readonly pairOf: ReadonlyMap<number, Pair>;
  /** Instructions of the stages that the image was made of. */
  readonly inChain: ReadonlySet<number>;
  readonly base: BaseTrust;
}

function weigh(instruction: Instruction, weighing: Weighing): InstructionWeight {
  const { image, rows, pairOf, inChain, builder } = weighing;
  const { index, keyword } = instruction;
  if (!inChain.has(index)) return unknownWeight(index);
  if (keyword === "FROM") return weighFrom(instruction, weighing);
  const pair = pairOf.get(index);
  if (pair !== undefined) return weighPair(instruction, pair, image, rows);
  const isWithoutRow =
    neverWrites.has(keyword) || (builder === "kaniko" && !makesFiles.has(keyword));
  return isWithoutRow ? weightOf(image, index, [], "measured", "certain") : unknownWeight(index);
}

/** Instructions for which some builders write no row and none writes bytes. */
const neverWrites: ReadonlySet<Keyword> = new Set<Keyword>(["ARG", "ONBUILD", "SHELL"]);
/** Instructions that can bring files; kaniko writes rows for these alone. */
const makesFiles: ReadonlySet<Keyword> = new Set<Keyword>([
  "RUN",
  "COPY",
  "ADD",
  "WORKDIR",
  "unknown",
]);

function weighFrom(
  { index }: Instruction,
  { fit, image, layers, base }: Weighing,
): InstructionWeight {
  if (fit.chain[0]?.from.index !== index) return weightOf(image, index, [], "measured", "certain");
  const baseLayers = layers.flatMap(({ origin }, layer) => (origin === "own" ? [] : [layer]));
  if (base.basis === "unknown") return { ...unknownWeight(index), layers: baseLayers };
  return weightOf(image, index, baseLayers, base.basis, base.confidence);
}

function weighPair(
  instruction: Instruction,
  { row, isEdited, confidence }: Pair,
  image: Image,
  rows: readonly HistoryRow[],
): InstructionWeight {
  const written = rows[row];
  const layer = written?.layer;
  const isChanged = isEdited || (layer !== undefined && hasMountedFiles(instruction, image, layer));
  const isHidden = written !== undefined && hasHiddenFlag(instruction, written);
  return weightOf(
    image,
    instruction.index,
    layer === undefined ? [] : [layer],
    isChanged ? "stale" : "measured",
    isHidden ? "likely" : confidence,
  );
}
