import type { Analysis } from "../analysis.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { ReadImage } from "../image/image.ts";
import type { Confidence } from "../join/attribution.ts";
import { instructionText } from "./instructionText.ts";

/** The same Dockerfile beside each of two images. */
export interface DiffAnalyses {
  readonly before: Analysis;
  readonly after: Analysis;
}

/** A line that weighs something in one of two images. */
export interface InstructionRow {
  readonly lineNumber: number;
  readonly text: string;
  /** `null` where it is not known. */
  readonly beforeBytes: number | null;
  readonly afterBytes: number | null;
  /** `stale`: the line read otherwise when one of the images was built. */
  readonly basis: "measured" | "stale";
  /** That of the weaker pairing of the two. */
  readonly confidence: Confidence;
}

/** What a sum holds beside the rows of a list, in either image. */
export interface RestBytes {
  readonly beforeBytes: number;
  readonly afterBytes: number;
}

/** A comparison by line: the rows, unknown bytes as 0, and the rest add up to all layers of each image. */
export interface InstructionDiff {
  /** In the order of the file. */
  readonly rows: readonly InstructionRow[];
  /** Of layers that no line is known to have written. */
  readonly rest: RestBytes;
}

/** Lines that weigh something in one of the two. */
export function diffInstructions({ before, after }: DiffAnalyses): InstructionDiff {
  const baseCount = commonBase(before, after);
  const isSameBase =
    baseCount === baseLayers(before).length && baseCount === baseLayers(after).length;
  const old = sideOf(before, baseCount);
  const now = sideOf(after, baseCount);
  const bytesOf = ({ weights, restBytes }: Side, index: number): number | undefined =>
    // All bytes are other lines', and no base has swallowed some of them: so this one wrote none.
    weights.get(index) ?? (isSameBase && restBytes === 0 ? 0 : undefined);
  const rows = after.dockerfile.instructions.flatMap((instruction): readonly InstructionRow[] => {
    const bytes = [bytesOf(old, instruction.index), bytesOf(now, instruction.index)] as const;
    if (bytes.every((one) => (one ?? 0) === 0)) return [];
    return [
      {
        lineNumber: instruction.startLine + 1,
        text: instructionText(instruction),
        beforeBytes: bytes[0] ?? null,
        afterBytes: bytes[1] ?? null,
        ...doubtOf(instruction, [before, after]),
      },
    ];
  });
  return { rows, rest: { beforeBytes: old.restBytes, afterBytes: now.restBytes } };
}

/** Bytes of one image by index of the instruction, as far as they are known. */
interface Side {
  readonly weights: ReadonlyMap<number, number>;
  readonly restBytes: number;
}

function sideOf(analysis: Analysis, baseCount: number): Side {
  const base = baseLayers(analysis);
  const surplus = base.slice(baseCount).reduce((sum, layer) => sum + bytesIn(analysis, layer), 0);
  const weights = new Map(
    (analysis.attribution?.instructions ?? []).flatMap(
      ({ instruction, layers, contentBytes }): readonly (readonly [number, number])[] => {
        if (contentBytes === undefined) return [];
        const isBase = base.length > 0 && layers[0] === base[0];
        return [[instruction, isBase ? contentBytes - surplus : contentBytes]];
      },
    ),
  );
  const known = [...weights.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { weights, restBytes: (readOf(analysis)?.layerContentBytes ?? 0) - known };
}

/**
 * How many layers are the base's in both images. A base is what the lines of the file leave over: where one image has all layers of the other's base and more on
 * top, those may as well be of lines that the file does not have. Bases that differ below are two bases, each with all its layers.
 */
function commonBase(before: Analysis, after: Analysis): number {
  const [old, now] = [baseDiffIds(before), baseDiffIds(after)];
  const shorter = Math.min(old.length, now.length);
  const isPrefix = old.slice(0, shorter).every((diffId, at) => diffId === now[at]);
  return isPrefix && shorter > 0 ? shorter : Math.max(old.length, now.length);
}

function baseDiffIds(analysis: Analysis): readonly string[] {
  return baseLayers(analysis).map((layer) => readOf(analysis)?.layers[layer]?.diffId ?? "");
}

function baseLayers({ attribution }: Analysis): readonly number[] {
  return (attribution?.layers ?? []).flatMap(({ origin }, layer) =>
    origin === "base" ? [layer] : [],
  );
}

function bytesIn(analysis: Analysis, layer: number): number {
  return readOf(analysis)?.layers[layer]?.contentBytes ?? 0;
}

function readOf({ image }: Analysis): ReadImage | undefined {
  return image?.state === "read" ? image.read : undefined;
}

function doubtOf(
  { index }: Instruction,
  analyses: readonly Analysis[],
): Pick<InstructionRow, "basis" | "confidence"> {
  const weights = analyses.map(({ attribution }) => attribution?.instructions[index]);
  return {
    basis: weights.some((weight) => weight?.basis === "stale") ? "stale" : "measured",
    confidence: weights.some((weight) => weight?.confidence === "likely") ? "likely" : "certain",
  };
}
