import { type Digest, parseDigest } from "../image/digest.ts";
import { parseImageName, parseImageReference } from "../image/reference.ts";
import type { BuildRecord } from "./buildRecord.ts";

/** The builds of one Dockerfile, oldest first. An image stands there twice when it was built again after another one. */
export type BuildHistory = readonly BuildRecord[];

/** Builds that are kept of one Dockerfile; the oldest go first. */
export const mostBuilds = 50;

/**
 * The history with a build that was seen now; the very same history where it says nothing new. Another image under the name of the newest is the newest, whatever
 * its date: the name has moved. Under another name it takes its place by time, and one that is known already is no new build.
 */
export function addBuild(history: BuildHistory, build: BuildRecord, nowMs: number): BuildHistory {
  const newest = history.at(-1);
  if (newest === undefined) return [build];
  if (newest.imageId === build.imageId) {
    return knownLines(newest) >= knownLines(build)
      ? history
      : [...history.slice(0, -1), { ...build, ...momentOf(newest) }];
  }
  if (newest.reference === build.reference) {
    const timeMs = build.timeMs > newest.timeMs ? build.timeMs : Math.max(nowMs, newest.timeMs);
    return bounded([...history, { ...build, timeMs }]);
  }
  if (history.some(({ imageId }) => imageId === build.imageId)) return history;
  const later = history.findIndex(({ timeMs }) => timeMs > build.timeMs);
  return bounded(later === -1 ? [...history, build] : history.toSpliced(later, 0, build));
}

/** The newest record of an image; undefined where it has none. */
export function buildOf(history: BuildHistory, imageId: Digest): BuildRecord | undefined {
  return history.findLast((build) => build.imageId === imageId);
}

/**
 * The build before this one that can be compared with it: of the same stage, for the same platform, under the same name whatever its tag. Another
 * name is another image that the user looked at, not an earlier build. Undefined for the first.
 */
export function buildBefore(history: BuildHistory, build: BuildRecord): BuildRecord | undefined {
  const name = nameOf(build);
  return history
    .slice(0, Math.max(0, history.lastIndexOf(build)))
    .findLast(
      (earlier) =>
        earlier.stage === build.stage &&
        earlier.platform === build.platform &&
        nameOf(earlier) === name,
    );
}

/** Without tag and digest; images without a name are all alike, and so is each place on the disk. */
function nameOf({ reference }: BuildRecord): string {
  if (parseDigest(reference) !== undefined) return "";
  const parsed = parseImageReference(reference);
  return parsed.kind === "engine" ? (parseImageName(parsed.name)?.name ?? reference) : reference;
}

function bounded(history: BuildHistory): BuildHistory {
  return history.slice(-mostBuilds);
}

function knownLines({ lines }: BuildRecord): number {
  return lines.filter(({ bytes }) => bytes !== undefined).length;
}

function momentOf({ timeMs, commit }: BuildRecord): Pick<BuildRecord, "timeMs" | "commit"> {
  return { timeMs, ...(commit === undefined ? {} : { commit }) };
}
