import type { Dockerfile, Stage } from "../dockerfile/syntax.ts";
import type { ImageConfig } from "../image/imageConfig.ts";
import { type Alignment, alignRows } from "./align.ts";
import { type HistoryRow, toHistoryRows } from "./createdBy.ts";
import { type ExpectedRow, toExpectedRow } from "./rowMatch.ts";

/** How well a history fits the best of a file's stages, 0–1: 0 when only base images could match. For choosing among an engine's images. */
export function matchHistory(dockerfile: Dockerfile, config: ImageConfig): number {
  const rows = toHistoryRows(config.history);
  const fit = bestFit(dockerfile, rows);
  return fit === undefined || fit.alignment.pairs.length === 0 ? 0 : fit.alignment.matchRatio;
}

/** A stage with all that is before it in the file's chain of FROMs, and how it fits. */
export interface Fit {
  readonly stage: Stage;
  /** First stage of the chain first. */
  readonly chain: readonly Stage[];
  readonly expected: readonly ExpectedRow[];
  readonly alignment: Alignment;
}

/** The last stage, unless the image fits another one clearly better (`--target`). */
export function bestFit(dockerfile: Dockerfile, rows: readonly HistoryRow[]): Fit | undefined {
  const last = dockerfile.stages.at(-1);
  if (last === undefined) return undefined;
  const final = fitOf(dockerfile, last, rows);
  if (final.alignment.matchRatio >= 0.75) return final;
  return dockerfile.stages
    .slice(0, -1)
    .map((stage) => fitOf(dockerfile, stage, rows))
    .reduce(
      (best, fit) =>
        fit.alignment.pairs.length > 0 && fit.alignment.matchRatio > best.alignment.matchRatio + 0.3
          ? fit
          : best,
      final,
    );
}

function fitOf(dockerfile: Dockerfile, stage: Stage, rows: readonly HistoryRow[]): Fit {
  const chain = stageChain(dockerfile, stage);
  const expected = expectedRows(dockerfile.text, chain);
  const isWholeHistory = chain[0]?.base.kind === "scratch";
  return { stage, chain, expected, alignment: alignRows(expected, rows, { isWholeHistory }) };
}

function expectedRows(text: string, chain: readonly Stage[]): readonly ExpectedRow[] {
  let shell: string | undefined;
  return chain
    .flatMap(({ instructions }) => instructions)
    .filter(({ keyword }) => keyword !== "FROM" && keyword !== "unknown")
    .map((instruction) => {
      if (instruction.keyword === "SHELL") {
        shell = instruction.words.map((word) => word.text).join(" ");
      }
      return toExpectedRow(text, instruction, shell);
    });
}

/** The stages that a stage is made of, its own last. A stage that names itself or a later one ends the chain. */
export function stageChain(dockerfile: Dockerfile, stage: Stage): readonly Stage[] {
  const { base } = stage;
  const parent = base.kind === "stage" ? dockerfile.stages[base.stage] : undefined;
  return parent === undefined || parent.index >= stage.index
    ? [stage]
    : [...stageChain(dockerfile, parent), stage];
}
