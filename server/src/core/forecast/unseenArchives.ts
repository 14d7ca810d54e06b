import type { Dockerfile } from "../dockerfile/syntax.ts";
import type { Forecast } from "./forecast.ts";

/** Files of the build context that ADD unpacks if they are archives, and that nobody looked at yet. Asks for the forecast only where there is an ADD. */
export function unseenArchivesOf(analysis: {
  readonly dockerfile: Dockerfile;
  readonly forecast: Forecast;
}): readonly string[] {
  if (!analysis.dockerfile.instructions.some(({ keyword }) => keyword === "ADD")) return [];
  return analysis.forecast.lines.flatMap(({ context }) =>
    context?.kind === "unknown" && context.unknown.code === "archive-unseen"
      ? context.unknown.paths
      : [],
  );
}
