import type { Growth } from "../history/growth.ts";
import type { SharedBytes } from "../image/sharedBytes.ts";
import { counted } from "../text/counted.ts";
import { formatSize } from "../text/size.ts";
import { formatChange } from "./diffLines.ts";
import type { Fact } from "./hoverCard.ts";
import { formatMoment, shortCommit } from "./moment.ts";

export { sharedBytesOf } from "../image/sharedBytes.ts";
export type { SharedBytes } from "../image/sharedBytes.ts";

/** What is known of an image from what lies beside it: the build before, and other images of the same store. */
export interface BesideImage {
  /** Undefined for a first build, and where none are recorded. */
  readonly growth?: Growth | undefined;
  /** Undefined until the store was asked, and where nobody may ask. */
  readonly shared?: SharedBytes | undefined;
}

/** `+14 MB since the last build`; undefined where both weigh the same, and where it is not known. */
export function growthText(
  growth: { readonly beforeBytes: number; readonly afterBytes: number } | undefined,
): string | undefined {
  if (growth === undefined || growth.beforeBytes === growth.afterBytes) return undefined;
  return `${formatChange(growth.beforeBytes, growth.afterBytes)} since the last build`;
}

/** When the last build was: `the build of 2026-11-20 14:03 UTC, commit 1a2b3c4d5e6f`. */
export function buildName({ timeMs, commit }: Growth["since"]): string {
  const checkedOut = commit === undefined ? "" : `, commit ${shortCommit(commit)}`;
  return `the build of ${formatMoment(timeMs)}${checkedOut}`;
}

/** With its name where that is another one now: `the build of 2026-11-20 14:03 UTC, then app:1.0`. */
function sinceName({ since, reference }: Growth): string {
  return since.reference === reference
    ? buildName(since)
    : `${buildName(since)}, then ${since.reference}`;
}

/** For the whole image: `+14 MB since the build of …`; undefined without an earlier build. */
export function totalGrowthText(growth: Growth | undefined): string | undefined {
  if (growth === undefined) return undefined;
  const change = formatChange(growth.beforeBytes, growth.afterBytes);
  return `${change === "±0" ? "nothing gained or lost" : change} since ${sinceName(growth)}`;
}

/** What the line weighed in the build before, sentences; none where that is not known, or the same. */
export function lineGrowthSentences(
  growth: Growth | undefined,
  instruction: number,
): readonly string[] {
  const line = growth?.lines.get(instruction);
  if (growth === undefined || line === undefined || line.beforeBytes === line.afterBytes) return [];
  const change = formatChange(line.beforeBytes, line.afterBytes);
  const since = `${change} since ${sinceName(growth)}`;
  switch (line.kind) {
    case "new":
      return [`${since}: the line is new.`];
    case "same":
      return [`${since}: it weighed ${formatSize(line.beforeBytes)} then.`];
    case "edited":
      return [
        `${since}: ${formatSize(line.beforeBytes)} then, when this line read: ${line.textBefore ?? ""}`,
      ];
  }
}

/** `74.8 MB (layers 1–3) with 4 other images; this image alone adds 12.3 MB`; undefined where nothing is known of others. */
export function sharedText(shared: SharedBytes | undefined): string | undefined {
  if (shared === undefined || shared.comparedCount === 0) return undefined;
  const { comparedCount, contentBytes, imageCount, layerCount, ownBytes } = shared;
  if (layerCount === 0) {
    const others = comparedCount === 1 ? "other image" : `${comparedCount} other images`;
    return `nothing with the ${others} of this engine`;
  }
  const layers = layerCount === 1 ? "layer 1" : `layers 1–${layerCount}`;
  const size = contentBytes === undefined ? layers : `${formatSize(contentBytes)} (${layers})`;
  const own = ownBytes === undefined ? "" : `; this image alone adds ${formatSize(ownBytes)}`;
  return `${size} with ${counted(imageCount, "other image")}${own}`;
}

/** Of the whole image, for the hover of its last FROM. */
export function besideFacts({ growth, shared }: BesideImage): readonly Fact[] {
  const total = totalGrowthText(growth);
  const sharing = sharedText(shared);
  return [
    ...(total === undefined ? [] : [{ label: "Grown", value: total }]),
    ...(sharing === undefined ? [] : [{ label: "Shares", value: sharing }]),
    ...repeatedFact(shared),
  ];
}

function repeatedFact(shared: SharedBytes | undefined): readonly Fact[] {
  const repeated = shared?.repeated;
  if (repeated?.contentBytes === undefined || repeated.contentBytes === 0) return [];
  const layers = counted(repeated.layerCount, "layer");
  const value = `${formatSize(repeated.contentBytes)} in ${layers} that other images have on top of something else`;
  return [{ label: "Stored twice", value }];
}
