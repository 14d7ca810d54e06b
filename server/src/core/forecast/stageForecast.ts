import { stageChain } from "../dockerfile/stages.ts";
import type { Dockerfile } from "../dockerfile/syntax.ts";
import type { Forecast, LineForecast } from "./forecast.ts";

/** What the layers of one stage weigh, those of the stages that it starts from included. */
export interface StageForecast {
  /** contentBytes of all lines with a figure. */
  readonly knownBytes: number;
  /** Instructions whose bytes are not known, in text order; empty when the sum is whole. */
  readonly unknown: readonly number[];
  /** `measured` when every line that weighs anything was measured in the image. */
  readonly basis: "measured" | "predicted";
}

/** The sum over a stage, by its index; undefined where there is no such stage. */
export function stageForecast(
  dockerfile: Dockerfile,
  forecast: Forecast,
  stage: number,
): StageForecast | undefined {
  const lines = stageLines(dockerfile, forecast, stage);
  if (lines.length === 0) return undefined;
  const weighing = lines.filter(({ contentBytes }) => contentBytes !== 0);
  const isMeasured = weighing.length > 0 && weighing.every(({ basis }) => basis === "measured");
  return {
    knownBytes: lines.reduce((sum, { contentBytes }) => sum + (contentBytes ?? 0), 0),
    unknown: lines.flatMap(({ contentBytes, instruction }) =>
      contentBytes === undefined ? [instruction] : [],
    ),
    basis: isMeasured ? "measured" : "predicted",
  };
}

/** The lines that a stage is made of, those of the stages that it starts from first; of the last stage without a stage. */
export function stageLines(
  dockerfile: Dockerfile,
  { lines }: Forecast,
  stage: number | undefined,
): readonly LineForecast[] {
  const last = dockerfile.stages.at(stage ?? -1);
  const chain = last === undefined ? [] : stageChain(dockerfile, last);
  return chain
    .flatMap(({ instructions }) => instructions)
    .flatMap(({ index }) => lines[index] ?? []);
}
