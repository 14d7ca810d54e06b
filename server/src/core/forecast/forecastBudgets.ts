import type { BudgetVerdict } from "../budget/budget.ts";
import type { Dockerfile } from "../dockerfile/syntax.ts";
import type { Forecast } from "./forecast.ts";
import { stageForecast, stageLines } from "./stageForecast.ts";

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
  const total = stageForecast(dockerfile, forecast, stage);
  return total && { ...total, isWhole: total.unknown.length === 0 };
}

function crossedBy(
  dockerfile: Dockerfile,
  forecast: Forecast,
  { stage, limitBytes }: BudgetVerdict,
): number | undefined {
  let sum = 0;
  return stageLines(dockerfile, forecast, stage).find(({ contentBytes }) => {
    sum += contentBytes ?? 0;
    return sum > limitBytes;
  })?.instruction;
}
