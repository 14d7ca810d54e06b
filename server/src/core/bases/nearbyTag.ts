import type { Platform } from "../image/imageConfig.ts";
import type { NearbyTag } from "./baseFacts.ts";
import type { BaseName } from "./baseName.ts";
import type { BaseSizes } from "./baseSize.ts";
import { parseBaseTag } from "./baseTag.ts";
import { recordedSizes, recordedTags } from "./recordedSizes.ts";
import { traitsOf } from "./traitsOf.ts";

/**
 * The tag in the table that is most like an image's: of the same sort, on the same system, with the same extra words, of the nearest version, the newest figure.
 * Undefined when none is of the same sort for this platform, and for the very tag itself.
 */
export function findNearbyTag(name: BaseName, platform: Platform): NearbyTag | undefined {
  if (name.tag === undefined) return undefined;
  const wished = sortOf(name);
  if (wished === undefined) return undefined;
  const version = versionOf(name.tag);
  return recordedTags(name.familiar)
    .filter((tag) => tag !== name.tag)
    .flatMap((tag) => {
      if (sortOf({ ...name, tag, digest: undefined }) !== wished) return [];
      const sizes = recordedSizes(name.familiar, tag, platform);
      const isKnown = sizes.content !== undefined || sizes.transfer !== undefined;
      return isKnown ? [{ tag, sizes }] : [];
    })
    .toSorted(
      (a, b) =>
        compareDistances(distance(version, a.tag), distance(version, b.tag)) ||
        newestDate(b.sizes).localeCompare(newestDate(a.sizes)),
    )
    .map(({ tag, sizes }) => ({ name: `${name.written}:${tag}`, sizes }))[0];
}

/** What two tags must have in common to be compared at all. */
function sortOf(name: BaseName): string | undefined {
  const traits = traitsOf(name);
  if (traits === undefined || name.tag === undefined) return undefined;
  const { flavors, isSlim } = parseBaseTag(name.tag);
  return [traits.kind, isSlim, traits.libc, traits.packageManager, ...flavors.toSorted()].join(" ");
}

const aboveAll = 1e9;

/** Numbers of a version; a tag without one stands for the newest. */
function versionOf(tag: string): readonly number[] {
  const { version } = parseBaseTag(tag);
  const numbers = /^\d+(?:\.\d+)*/
    .exec(version ?? "")?.[0]
    .split(".")
    .map(Number);
  return numbers ?? [aboveAll];
}

/** How far apart, the leading number first; a number that is not stated is nearer than another one. */
function distance(wished: readonly number[], tag: string): readonly number[] {
  const own = versionOf(tag);
  return wished.map((number, index) => {
    const other = own[index];
    return other === undefined ? 0.5 : Math.abs(number - other);
  });
}

function compareDistances(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

function newestDate({ content, transfer }: BaseSizes): string {
  return [content, transfer]
    .map((size) => (size?.source.kind === "table" ? size.source.date : ""))
    .reduce((a, b) => (a > b ? a : b));
}
