import type { BudgetVerdict } from "../budget/budget.ts";
import { stageChain } from "../dockerfile/stages.ts";
import type { Dockerfile, Stage } from "../dockerfile/syntax.ts";
import type { Forecast, LineForecast } from "./forecast.ts";

/**
 * The verdicts that no image answers, held against what the build will weigh: the image's own with basis `predicted`, those of stages as
 * `measured` where all of their bytes were. Where a part is not known there is a verdict only when the known parts alone are over the limit:
 * `actualBytes` is then the least that it can be.
 */
export function judgeForecast(
  verdicts: readonly BudgetVerdict[],
  dockerfile: Dockerfile,
  forecast: Forecast,
): readonly BudgetVerdict[] {
  return verdicts.map((verdict): BudgetVerdict => {
    const isAnswered = verdict.name !== "budget" || verdict.actualBytes !== undefined;
    const total = isAnswered ? undefined : totalFor(verdict, dockerfile, forecast);
    if (total === undefined) return verdict;
    const { knownBytes, isWhole, basis } = total;
    const isOver = knownBytes > verdict.limitBytes;
    if (!isWhole && !isOver) return verdict;
    return {
      ...verdict,
      actualBytes: knownBytes,
      basis,
      ...(isWhole ? {} : { isLeast: true }),
      isWithin: !isOver,
      crossedBy: isOver ? crossedBy(dockerfile, forecast, verdict) : undefined,
    };
  });
}

interface LimitedTotal {
  readonly knownBytes: number;
  readonly isWhole: boolean;
  readonly basis: BudgetVerdict["basis"];
}

function totalFor(
  { stage }: BudgetVerdict,
  dockerfile: Dockerfile,
  forecast: Forecast,
): LimitedTotal | undefined {
  if (stage === undefined) {
    const { total } = forecast;
    return total && { ...total, isWhole: total.unknown.length === 0, basis: "predicted" };
  }
  const lines = linesOf(dockerfile, forecast, stage);
  if (lines.length === 0) return undefined;
  const weighing = lines.filter(({ contentBytes }) => contentBytes !== 0);
  const isMeasured = weighing.length > 0 && weighing.every(({ basis }) => basis === "measured");
  return {
    knownBytes: lines.reduce((sum, { contentBytes }) => sum + (contentBytes ?? 0), 0),
    isWhole: lines.every(({ contentBytes }) => contentBytes !== undefined),
    basis: isMeasured ? "measured" : "predicted",
  };
}

/** The lines that a stage is made of, those of the stages that it starts from first; of the last stage without a stage. */
function linesOf(
  dockerfile: Dockerfile,
  { lines }: Forecast,
  stage: number | undefined,
): readonly LineForecast[] {
  const last: Stage | undefined = dockerfile.stages.at(stage ?? -1);
  const chain = last === undefined ? [] : stageChain(dockerfile, last);
  return chain
    .flatMap(({ instructions }) => instructions)
    .flatMap(({ index }) => lines[index] ?? []);
}

function crossedBy(
  dockerfile: Dockerfile,
  forecast: Forecast,
  { stage, limitBytes }: BudgetVerdict,
): number | undefined {
  let sum = 0;
  return linesOf(dockerfile, forecast, stage).find(({ contentBytes }) => {
    sum += contentBytes ?? 0;
    return sum > limitBytes;
  })?.instruction;
}
