import { stageChain } from "../dockerfile/stages.ts";
import type { Dockerfile, Stage } from "../dockerfile/syntax.ts";
import type { ImageConfig } from "../image/imageConfig.ts";
import { type Alignment, alignRows } from "./align.ts";
import { type HistoryRow, toHistoryRows } from "./createdBy.ts";
import { type ExpectedRow, expectedRows } from "./expectedRows.ts";
import { bringsFiles } from "./rowMatch.ts";

/**
 * How well a history fits the best of a file's stages, 0–1, for choosing among an engine's images. 0 unless at least one line that brings
 * files (RUN, COPY, ADD) agrees as it stands: an ENV or a CMD stands in the base image as well.
 */
export function matchHistory(dockerfile: Dockerfile, config: ImageConfig): number {
  const fit = bestFit(dockerfile, toHistoryRows(config.history), config.settings.shell);
  const isProven = fit?.alignment.pairs.some(({ expected, isEdited }) => {
    const keyword = fit.expected[expected]?.instruction.keyword;
    return !isEdited && bringsFiles(keyword);
  });
  return fit !== undefined && isProven === true ? fit.alignment.matchRatio : 0;
}

/** A stage with all that is before it in the file's chain of FROMs, and how it fits. */
export interface Fit {
  readonly stage: Stage;
  /** First stage of the chain first. */
  readonly chain: readonly Stage[];
  readonly expected: readonly ExpectedRow[];
  readonly alignment: Alignment;
}

/**
 * The stage that fits best; the last one where another does not fit clearly better (`--target`). Undefined without stages. `shell` is the
 * one that the image names.
 */
export function bestFit(
  dockerfile: Dockerfile,
  rows: readonly HistoryRow[],
  shell: readonly string[] | undefined,
): Fit | undefined {
  const last = dockerfile.stages.at(-1);
  if (last === undefined) return undefined;
  let best = fitOf(dockerfile, last, rows, shell);
  for (const stage of comparedStages(dockerfile, rows)) {
    if (best.alignment.matchRatio + clearlyBetter >= 1) break;
    const fit = fitOf(dockerfile, stage, rows, shell);
    const isBetter = fit.alignment.matchRatio > best.alignment.matchRatio + clearlyBetter;
    if (fit.alignment.pairs.length > 0 && isBetter) best = fit;
  }
  return best;
}

const clearlyBetter = 0.02;
/** Stages that are compared, and lines of them times rows; a file has far fewer. */
const most = { stages: 100, comparisons: 1_000_000 };

/** Those before the last one that are compared, the nearest to it, in text order. */
function comparedStages(dockerfile: Dockerfile, rows: readonly HistoryRow[]): readonly Stage[] {
  const found: Stage[] = [];
  let comparisons = 0;
  for (const stage of dockerfile.stages.slice(-most.stages, -1).toReversed()) {
    const chain = stageChain(dockerfile, stage);
    comparisons += rows.length * chain.reduce((sum, one) => sum + one.instructions.length, 0);
    if (comparisons > most.comparisons) break;
    found.push(stage);
  }
  return found.reverse();
}

function fitOf(
  dockerfile: Dockerfile,
  stage: Stage,
  rows: readonly HistoryRow[],
  shell: readonly string[] | undefined,
): Fit {
  const chain = stageChain(dockerfile, stage);
  const expected = expectedRows(dockerfile, chain, shell);
  const isWholeHistory = chain[0]?.base.kind === "scratch";
  return { stage, chain, expected, alignment: alignRows(expected, rows, { isWholeHistory }) };
}
