import type { ImageError } from "../core/analysis.ts";
import type { ListedImage } from "../io/engineImages.ts";

/** How a search ended. */
export type HistoryFinding =
  | { readonly kind: "found"; readonly reference: string }
  /** Nothing fits well enough; `error` when the engine could not be asked. */
  | { readonly kind: "none"; readonly error: ImageError | undefined }
  /** Images of different names fit equally well: to take one of them would be a guess. */
  | { readonly kind: "ambiguous"; readonly references: readonly string[] };

/** An image of the engine beside a Dockerfile. */
export interface MatchedImage {
  readonly listed: ListedImage;
  /** Share of the file's instructions that the history shows, 0–1; undefined when it was not looked at. */
  readonly matchRatio: number | undefined;
}

/** An image is taken for a file's own only when at least this share of the file's instructions stands in its history. */
export const leastMatchRatio = 0.7;
/** An image that was a file's own stays it down to this share, while the file is being edited. */
const leastKeptRatio = 0.4;

/** Which of the engine's images is the file's own. `ranked` is best first, equal ones newest first. */
export function findingOf(
  ranked: readonly MatchedImage[],
  current: string | undefined,
): HistoryFinding {
  const best = ranked[0]?.matchRatio ?? 0;
  const leastRatio = best >= leastMatchRatio ? best : leastKeptRatio;
  const kept = ranked.find(({ listed }) => listed.reference === current);
  if (kept?.matchRatio !== undefined && kept.matchRatio >= leastRatio) {
    return { kind: "found", reference: kept.listed.reference };
  }
  if (best < leastMatchRatio) return { kind: "none", error: undefined };
  const tied = ranked.filter(({ matchRatio }) => matchRatio === best).map(({ listed }) => listed);
  const named = tied.filter(({ reference, imageId }) => reference !== imageId);
  const candidates = named.length > 0 ? named : tied;
  const [newest] = candidates;
  const isOneName = new Set(candidates.map(repositoryOf)).size === 1;
  const isOneImage = new Set(candidates.map(({ imageId }) => imageId)).size === 1;
  return newest !== undefined && (isOneName || isOneImage)
    ? { kind: "found", reference: newest.reference }
    : { kind: "ambiguous", references: candidates.map(({ reference }) => reference) };
}

/** The name without its tag; images without a name are all alike: earlier builds of something. */
function repositoryOf({ reference, imageId }: ListedImage): string {
  if (reference === imageId) return "";
  const colon = reference.lastIndexOf(":");
  return colon > reference.lastIndexOf("/") ? reference.slice(0, colon) : reference;
}
