import type { Analysis } from "../analysis.ts";
import type { BuildHistory } from "../history/buildHistory.ts";
import { addBuild, buildBefore, buildOf } from "../history/buildHistory.ts";
import type { BuildRecord, RecordingMoment } from "../history/buildRecord.ts";
import { buildRecordOf } from "../history/buildRecord.ts";
import type { Growth } from "../history/growth.ts";
import { growthOf } from "../history/growth.ts";
import { shortDigest } from "../image/digest.ts";
import { formatSize } from "../text/size.ts";
import { formatChange } from "./diffLines.ts";

export { builtMs } from "../history/buildRecord.ts";
export { formatHistory, parseHistory } from "../history/historyCodec.ts";
export type { BuildHistory } from "../history/buildHistory.ts";
export type { BuildRecord } from "../history/buildRecord.ts";
export type { Growth } from "../history/growth.ts";

/** A build as the chart shows it. */
export interface HistoryBar {
  /** Names the build in its history. */
  readonly id: string;
  readonly imageId: string;
  readonly reference: string;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly totalBytes: number;
  readonly totalText: string;
  /** Against the build before that it can be compared with: `+14 MB`, `±0`; absent for a first one. */
  readonly changeText?: string;
  /** What was checked out then; absent outside of git, and where that is not known. */
  readonly commit?: string;
  /** True for the image that the editor shows now. */
  readonly isShown: boolean;
}

/** The history with the build that the analysis has read; the very same where there is nothing new, or nothing read yet. */
export function withBuild(
  history: BuildHistory,
  { dockerfile, image, attribution }: Analysis,
  moment: RecordingMoment,
): BuildHistory {
  if (image?.state !== "read" || attribution === undefined) return history;
  const build = buildRecordOf(dockerfile, image.read, attribution, moment);
  return build === undefined ? history : addBuild(history, build, moment.nowMs);
}

/** What the image weighs more than the build before it; undefined until it is read, for a first build and for images that are not in the history. */
export function growthSince(
  { dockerfile, image, attribution }: Analysis,
  history: BuildHistory,
): Growth | undefined {
  if (image?.state !== "read" || attribution === undefined) return undefined;
  return growthOf(dockerfile, image.read, attribution, history);
}

/** Another text as soon as bars may say something else; undefined without builds. */
export function historyVersionOf(history: BuildHistory): string | undefined {
  const newest = history.at(-1);
  return newest === undefined ? undefined : `${history.length} ${buildId(newest)}`;
}

/** Oldest first. `imageId` is that of the image which is shown now. */
export function historyBars(
  history: BuildHistory,
  imageId: string | undefined,
): readonly HistoryBar[] {
  const shown = imageId === undefined ? undefined : buildOf(history, imageId);
  return history.map((build) => {
    const before = buildBefore(history, build);
    return {
      id: buildId(build),
      imageId: shortDigest(build.imageId),
      reference: build.reference,
      timeMs: build.timeMs,
      totalBytes: build.totalBytes,
      totalText: formatSize(build.totalBytes),
      ...(before === undefined
        ? {}
        : { changeText: formatChange(before.totalBytes, build.totalBytes) }),
      ...(build.commit === undefined ? {} : { commit: build.commit }),
      isShown: build === shown,
    };
  });
}

/** Two builds that are compared. */
export interface BuildPair {
  readonly before: BuildRecord;
  readonly after: BuildRecord;
}

/** Two builds of a history: the ones named, else that of the image and the one before it. Undefined where one of them is not there. */
export function buildPair(
  history: BuildHistory,
  { before, after, imageId }: { before?: string; after?: string; imageId: string | undefined },
): BuildPair | undefined {
  const named = (id: string): BuildRecord | undefined =>
    history.findLast((build) => buildId(build) === id);
  const current = imageId === undefined ? history.at(-1) : buildOf(history, imageId);
  const later = after === undefined ? current : named(after);
  if (later === undefined) return undefined;
  const earlier = before === undefined ? buildBefore(history, later) : named(before);
  return earlier === undefined ? undefined : { before: earlier, after: later };
}

/** `120 MB → 134 MB (+14 MB)`. */
export function comparisonTitle({ before, after }: BuildPair): string {
  const [old, now] = [before.totalBytes, after.totalBytes];
  return `${formatSize(old)} → ${formatSize(now)} (${formatChange(old, now)})`;
}

function buildId({ imageId, timeMs }: BuildRecord): string {
  return `${timeMs}-${shortDigest(imageId)}`;
}
