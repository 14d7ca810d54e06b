import type { Dockerfile, ImageDescription, ImageError } from "../core/analysis.ts";
import { matchHistory } from "../core/analysis.ts";
import type { Result } from "../core/result.ts";
import type { ListedImage } from "../io/engineImages.ts";
import type { HistoryFinding, MatchedImage } from "./historyFinding.ts";
import { findingOf } from "./historyFinding.ts";
import type { Host, ImagePlace } from "./host.ts";

/** The engine's images, described once for all Dockerfiles that look for theirs. */
export interface HistoryCatalog {
  /** Looks for the image that the file was built into. What was found earlier (`current`) stays through edits that a stranger would not survive. */
  findImage(
    dockerfile: Dockerfile,
    place: ImagePlace,
    current: string | undefined,
    signal: AbortSignal,
  ): Promise<HistoryFinding>;
  /** Images of the engine with how well they fit, best first; those that were not looked at last. Empty when the engine does not answer. */
  rank(
    dockerfile: Dockerfile,
    place: ImagePlace,
    signal: AbortSignal,
  ): Promise<readonly MatchedImage[]>;
  /** References of the engine's images as last listed. Never waits: empty until the engine has answered, which this asks it to. */
  known(place: ImagePlace): readonly string[];
  /** Asks the engine again next time; descriptions of images that stayed are kept. */
  invalidate(): void;
}

/** Images looked at, newest first: each costs the engine two short requests. */
const mostCandidates = 64;
const describedAtOnce = 4;

/** A catalog that has asked for nothing yet. */
export function createHistoryCatalog(host: Host): HistoryCatalog {
  const descriptions = new Map<string, ImageDescription>();
  const lists = createImageLists(host);
  const rank: HistoryCatalog["rank"] = async (dockerfile, place, signal) => {
    if (!place.engine.isEnabled) return [];
    const answer = await lists.list(place);
    const listed = answer.ok ? answer.value : [];
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
      if (ranked.length > 0) return findingOf(ranked, current);
      const listed = await lists.list(place);
      return { kind: "none", error: listed.ok ? undefined : listed.error };
    },
    known: (place) => lists.known(place),
    invalidate: () => lists.invalidate(),
  };
}

interface ImageLists extends Pick<HistoryCatalog, "known" | "invalidate"> {
  list(place: ImagePlace): Promise<Result<readonly ListedImage[], ImageError>>;
}

/** What engines listed, each asked once until its list is invalid. */
function createImageLists(host: Host): ImageLists {
  const lists = new Map<string, ReturnType<ImageLists["list"]>>();
  const answered = new Map<string, readonly ListedImage[]>();
  const list: ImageLists["list"] = (place) => {
    const key = JSON.stringify(place.engine);
    const earlier = lists.get(key);
    if (earlier !== undefined) return earlier;
    // The list outlives the request that asked first, so it is not bound to its signal.
    const asked = host.listEngineImages(place.engine, new AbortController().signal);
    lists.set(key, asked);
    void asked.then((answer) => answer.ok && answered.set(key, answer.value));
    return asked;
  };
  return {
    list,
    known(place) {
      if (!place.engine.isEnabled) return [];
      void list(place);
      return (answered.get(JSON.stringify(place.engine)) ?? []).map(({ reference }) => reference);
    },
    invalidate: () => lists.clear(),
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
