import type { Dockerfile } from "../dockerfile/syntax.ts";
import type { ReadImage } from "../image/image.ts";
import type { Attribution } from "../join/attribution.ts";
import type { BuildHistory } from "./buildHistory.ts";
import { buildBefore, buildOf } from "./buildHistory.ts";
import type { BuildRecord } from "./buildRecord.ts";
import { builtInstructions, lineOf } from "./buildRecord.ts";
import { pairLines } from "./pairLines.ts";

/** What an image weighs more, or less, than the build before it. */
export interface Growth {
  readonly since: BuildRecord;
  /** What the image that grew is called now. */
  readonly reference: string;
  readonly beforeBytes: number;
  readonly afterBytes: number;
  /** By index into `dockerfile.instructions`; lines are missing that cannot be paired, or whose bytes one build does not tell. */
  readonly lines: ReadonlyMap<number, LineGrowth>;
}

/** What a line weighs more, or less. */
export interface LineGrowth {
  /** `new`: it was not there; else the line was the same, or another text stood in its place. */
  readonly kind: "same" | "edited" | "new";
  /** As it read then, cut; undefined for new lines. */
  readonly textBefore: string | undefined;
  /** 0 for new lines. */
  readonly beforeBytes: number;
  readonly afterBytes: number;
}

/** Undefined for the first build of a history, and for images that are not in it. */
export function growthOf(
  dockerfile: Dockerfile,
  read: ReadImage,
  attribution: Attribution,
  history: BuildHistory,
): Growth | undefined {
  const build = buildOf(history, read.description.imageId);
  const since = build && buildBefore(history, build);
  if (since === undefined) return undefined;
  return {
    since,
    reference: read.description.reference,
    beforeBytes: since.totalBytes,
    afterBytes: read.layerContentBytes,
    lines: lineGrowths(dockerfile, attribution, since),
  };
}

function lineGrowths(
  dockerfile: Dockerfile,
  attribution: Attribution,
  since: BuildRecord,
): ReadonlyMap<number, LineGrowth> {
  const instructions = builtInstructions(dockerfile, attribution);
  const pairs = pairLines(
    since.lines,
    instructions.map((instruction) => lineOf(dockerfile, instruction)),
  );
  return new Map(
    instructions.flatMap(({ index }, at): readonly (readonly [number, LineGrowth])[] => {
      const weight = attribution.instructions[index];
      const pair = pairs[at];
      const afterBytes = weight?.basis === "measured" ? weight.contentBytes : undefined;
      if (pair === undefined || afterBytes === undefined || pair.kind === "unclear") return [];
      if (pair.kind === "new") {
        return [[index, { kind: "new", textBefore: undefined, beforeBytes: 0, afterBytes }]];
      }
      const old = since.lines[pair.before];
      if (old?.bytes === undefined) return [];
      const growth: LineGrowth = {
        kind: pair.kind,
        textBefore: old.text,
        beforeBytes: old.bytes,
        afterBytes,
      };
      return [[index, growth]];
    }),
  );
}
