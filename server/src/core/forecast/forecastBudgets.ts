import { rootFacts } from "../bases/describeBase.ts";
import type { BudgetVerdict } from "../budget/budget.ts";
import { stageChain } from "../dockerfile/stages.ts";
import type { Dockerfile } from "../dockerfile/syntax.ts";
import type { Forecast } from "./forecast.ts";
import { stageForecast, stageLines } from "./stageForecast.ts";

/**
 * The verdicts that no image answers, held against what the build will weigh: the image's own with basis `predicted`, those of stages as
 * `measured` where all of their bytes were. Where a part is not known there is a verdict only when the known parts alone are over the limit:
 * `actualBytes` is then the least that it can be. Of compressed bytes only those of the base can be known before a build.
 */
export function judgeForecast(
  verdicts: readonly BudgetVerdict[],
  dockerfile: Dockerfile,
  forecast: Forecast,
): readonly BudgetVerdict[] {
  return verdicts.map((verdict): BudgetVerdict => {
    const isAnswered = verdict.actualBytes !== undefined;
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
  { stage, name }: BudgetVerdict,
  dockerfile: Dockerfile,
  forecast: Forecast,
): LimitedTotal | undefined {
  if (name === "transfer-budget") return baseTransfer(forecast);
  if (stage === undefined) {
    const { total } = forecast;
    return total && { ...total, isWhole: total.unknown.length === 0, basis: "predicted" };
  }
  const total = stageForecast(dockerfile, forecast, stage);
  return total && { ...total, isWhole: total.unknown.length === 0 };
}

/** What a registry sends of the base: never all of the image, for how small its other layers get is not known. */
function baseTransfer({ bases }: Forecast): LimitedTotal | undefined {
  const last = bases.at(-1);
  const root = last === undefined ? undefined : rootFacts(last);
  const transfer = root === undefined || root.kind === "unknown" ? undefined : root.sizes.transfer;
  return transfer && { knownBytes: transfer.bytes, isWhole: false, basis: "predicted" };
}

function crossedBy(
  dockerfile: Dockerfile,
  forecast: Forecast,
  { stage, limitBytes, name }: BudgetVerdict,
): number | undefined {
  const last = dockerfile.stages.at(-1);
  if (name === "transfer-budget") return last && stageChain(dockerfile, last)[0]?.from.index;
  let sum = 0;
  return stageLines(dockerfile, forecast, stage).find(({ contentBytes }) => {
    sum += contentBytes ?? 0;
    return sum > limitBytes;
  })?.instruction;
}
