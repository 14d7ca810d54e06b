import type { Analysis, AnalysisSettings } from "../../server/src/core/analysis.ts";
import { analyse, parseDockerfile } from "../../server/src/core/analysis.ts";
import type { ImageBuilder } from "./imageBuilder.ts";

/** A Dockerfile beside an image that is read to its last layer. */
export function analysisOf(
  text: string,
  image: ImageBuilder,
  settings?: AnalysisSettings,
): Analysis {
  const read = image.read();
  const { description } = read;
  return analyse(parseDockerfile(text), { state: "read", description, read }, settings);
}

/** A Dockerfile beside an image of which only the engine's history is known. */
export function describedAnalysisOf(
  text: string,
  image: ImageBuilder,
  options: { readonly withHistoryBytes: boolean } = { withHistoryBytes: true },
): Analysis {
  const description = image.describe(options);
  return analyse(parseDockerfile(text), { state: "described", description });
}

/** A Dockerfile whose image is not known. */
export function textAnalysisOf(text: string): Analysis {
  return analyse(parseDockerfile(text), undefined);
}
