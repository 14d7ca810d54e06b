import type { Dockerfile, ImageDescription } from "../core/analysis.ts";
import { matchHistory } from "../core/analysis.ts";
import type { ListedImage } from "../io/engineImages.ts";
import type { Host, ImagePlace } from "./host.ts";

/** The engine's images, described once for all Dockerfiles that look for theirs. */
export interface HistoryCatalog {
  /**
   * Reference of the image whose history fits the file best, or undefined when none fits well enough. The image that was found earlier
   * (`current`) stays through edits that a stranger would not survive.
   */
  findImage(
    dockerfile: Dockerfile,
    place: ImagePlace,
    current: string | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** Images of the engine with how well they fit, best first; those that were not looked at last. Empty when the engine does not answer. */
  rank(
    dockerfile: Dockerfile,
    place: ImagePlace,
    signal: AbortSignal,
  ): Promise<readonly MatchedImage[]>;
  /** Asks the engine again next time; descriptions of images that stayed are kept. */
  invalidate(): void;
}

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
/** Images looked at, newest first: each costs the engine two short requests. */
const mostCandidates = 64;
const describedAtOnce = 4;

/** A catalog that has asked for nothing yet. */
export function createHistoryCatalog(host: Host): HistoryCatalog {
  const descriptions = new Map<string, ImageDescription>();
  const lists = new Map<string, Promise<readonly ListedImage[]>>();

  const list = (place: ImagePlace): Promise<readonly ListedImage[]> => {
    const key = JSON.stringify(place.engine);
    const known = lists.get(key);
    if (known !== undefined) return known;
    // The list outlives the request that asked first, so it is not bound to its signal.
    const asked = host
      .listEngineImages(place.engine, new AbortController().signal)
      .then((result) => (result.ok ? result.value : []));
    lists.set(key, asked);
    return asked;
  };
  const rank: HistoryCatalog["rank"] = async (dockerfile, place, signal) => {
    if (!place.engine.isEnabled) return [];
    const listed = await list(place);
    const candidates = listed.slice(0, mostCandidates);
    await describeAll(host, candidates, place, descriptions, signal);
    return listed
      .map((image) => {
        const description = descriptions.get(image.imageId);
        return {
          listed: image,
          matchRatio:
            description === undefined ? undefined : matchHistory(dockerfile, description.config),
        };
      })
      .toSorted((a, b) => (b.matchRatio ?? -1) - (a.matchRatio ?? -1));
  };
  return {
    rank,
    async findImage(dockerfile, place, current, signal) {
      const ranked = await rank(dockerfile, place, signal);
      const fits = (least: number) => (image: MatchedImage) => (image.matchRatio ?? 0) >= least;
      const best =
        ranked.find(fits(leastMatchRatio)) ??
        ranked.filter(fits(leastKeptRatio)).find(({ listed }) => listed.reference === current);
      return best?.listed.reference;
    },
    invalidate() {
      lists.clear();
    },
  };
}

/** Fills in the descriptions that are missing, a few at a time; forgets those of images that are gone. */
async function describeAll(
  host: Host,
  candidates: readonly ListedImage[],
  place: ImagePlace,
  descriptions: Map<string, ImageDescription>,
  signal: AbortSignal,
): Promise<void> {
  const wanted = new Set(candidates.map(({ imageId }) => imageId));
  for (const imageId of descriptions.keys()) {
    if (!wanted.has(imageId)) descriptions.delete(imageId);
  }
  const queue = candidates.filter(({ imageId }) => !descriptions.has(imageId));
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
      const described = await host.describeImage({ ...place, reference: next.reference }, signal);
      if (described.ok) descriptions.set(next.imageId, described.value);
    }
  };
  await Promise.all(Array.from({ length: describedAtOnce }, work));
}
