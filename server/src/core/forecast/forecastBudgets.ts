import type { BudgetVerdict } from "../budget/budget.ts";
import type { Dockerfile } from "../dockerfile/syntax.ts";
import type { Forecast } from "./forecast.ts";
import { stageChain } from "../dockerfile/stages.ts";

/**
 * The verdicts of a file without an image, held against what its build will weigh, with basis `predicted`. Where a part is not known there is
 * a verdict only when the known parts alone are over the limit: `actualBytes` is then the least that it can be.
 */
export function judgeForecast(
  verdicts: readonly BudgetVerdict[],
  dockerfile: Dockerfile,
  forecast: Forecast,
): readonly BudgetVerdict[] {
  const { total } = forecast;
  if (total === undefined) return verdicts;
  return verdicts.map((verdict): BudgetVerdict => {
    const isOver = total.knownBytes > verdict.limitBytes;
    const isAnswered = verdict.name !== "budget" || verdict.actualBytes !== undefined;
    if (isAnswered || (total.unknown.length > 0 && !isOver)) return verdict;
    return {
      ...verdict,
      actualBytes: total.knownBytes,
      basis: "predicted",
      isWithin: !isOver,
      crossedBy: isOver ? crossedBy(dockerfile, forecast, verdict.limitBytes) : undefined,
    };
  });
}

function crossedBy(
  dockerfile: Dockerfile,
  { lines }: Forecast,
  limitBytes: number,
): number | undefined {
  const last = dockerfile.stages.at(-1);
  const chain = last === undefined ? [] : stageChain(dockerfile, last);
  let sum = 0;
  return chain
    .flatMap(({ instructions }) => instructions)
    .find(({ index }) => {
      sum += lines[index]?.contentBytes ?? 0;
      return sum > limitBytes;
    })?.index;
}
