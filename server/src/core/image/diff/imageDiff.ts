import type { ReadImage } from "../image.ts";
import { type Package, packageKey } from "../packages/package.ts";
import { type PackageTable, packagesOf } from "../packages/packageTable.ts";
import { type PathChange, diffTrees } from "./treeDiff.ts";

/** A package that came, went, or weighs something else. */
export interface PackageChange {
  readonly manager: Package["manager"];
  readonly name: string;
  /** Undefined where the package was not there, or has no version recorded. */
  readonly beforeVersion: string | undefined;
  readonly afterVersion: string | undefined;
  /** 0 where it was not there; undefined where its files are not known. */
  readonly beforeBytes: number | undefined;
  readonly afterBytes: number | undefined;
}

/** How many of the layers of two images are the same ones, by diffId. */
export interface SharedLayers {
  readonly count: number;
  /** Content bytes that both hold and no one has to move. */
  readonly contentBytes: number;
}

/** What is different between two images. `afterBytes - beforeBytes` of all paths is the difference of the final file systems, exactly. */
export interface ImageDiff {
  readonly before: ReadImage;
  readonly after: ReadImage;
  readonly shared: SharedLayers;
  /** The greatest differences first, equal ones by path. */
  readonly paths: readonly PathChange[];
  /** The same, by weight. */
  readonly packages: readonly PackageChange[];
  /** Content bytes of the final file systems that no package owns; undefined where neither image has packages. */
  readonly unowned: { readonly beforeBytes: number; readonly afterBytes: number } | undefined;
}

/** Compares two images. O(nodes of both). */
export function diffImages(before: ReadImage, after: ReadImage): ImageDiff {
  const paths = diffTrees(before, after);
  const [old, now] = [packagesOf(before), packagesOf(after)];
  const hasPackages = old.packages.length + now.packages.length > 0;
  return {
    before,
    after,
    shared: sharedLayers(before, after),
    paths: paths.toSorted((a, b) => weightOf(b) - weightOf(a) || compareTexts(a.path, b.path)),
    packages: diffPackages(old, now),
    unowned: hasPackages
      ? { beforeBytes: old.unownedBytes, afterBytes: now.unownedBytes }
      : undefined,
  };
}

function sharedLayers(before: ReadImage, after: ReadImage): SharedLayers {
  const known = new Set(before.layers.map(({ diffId }) => diffId));
  const shared = after.layers.filter(({ diffId }) => known.has(diffId));
  return {
    count: shared.length,
    contentBytes: shared.reduce((sum, { contentBytes }) => sum + contentBytes, 0),
  };
}

function diffPackages(before: PackageTable, after: PackageTable): readonly PackageChange[] {
  const [old, now] = [byName(before.packages), byName(after.packages)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .flatMap((name): readonly PackageChange[] =>
      changesOf(old.get(name) ?? [], now.get(name) ?? []),
    )
    .sort((a, b) => weightOf(b) - weightOf(a) || compareTexts(a.name, b.name));
}

/**
 * Of packages of one name. One version came in the place of another only where each image has one more of an architecture than the other: several of a
 * name, as npm nests them, do not tell which came for which, so that each came or went by itself.
 */
function changesOf(old: readonly Package[], now: readonly Package[]): readonly PackageChange[] {
  const kept = new Map(now.map((one) => [packageKey(one), one]));
  const known = new Set(old.map(packageKey));
  const gone = old.filter((one) => !kept.has(packageKey(one)));
  const come = now.filter((one) => !known.has(packageKey(one)));
  const isSingle = (packages: readonly Package[], { architecture }: Package): boolean =>
    packages.filter((one) => one.architecture === architecture).length === 1;
  const isPair = (one: Package): boolean => isSingle(gone, one) && isSingle(come, one);
  const successorOf = (one: Package): Package | undefined =>
    isPair(one) ? come.find(({ architecture }) => architecture === one.architecture) : undefined;
  return [
    ...old.flatMap((one) => {
      const same = kept.get(packageKey(one));
      if (same === undefined) return [changeOf(one, successorOf(one))];
      return same.bytes === one.bytes ? [] : [changeOf(one, same)];
    }),
    ...come.filter((one) => !isPair(one)).map((one) => changeOf(undefined, one)),
  ];
}

function changeOf(old: Package | undefined, now: Package | undefined): PackageChange {
  return {
    manager: (now ?? old)?.manager ?? "dpkg",
    name: (now ?? old)?.name ?? "",
    beforeVersion: old?.version,
    afterVersion: now?.version,
    beforeBytes: old === undefined ? 0 : old.bytes,
    afterBytes: now === undefined ? 0 : now.bytes,
  };
}

function byName(packages: readonly Package[]): ReadonlyMap<string, readonly Package[]> {
  const names = new Map<string, Package[]>();
  for (const one of packages) {
    const key = `${one.manager}\0${one.name}`;
    const known = names.get(key);
    if (known === undefined) names.set(key, [one]);
    else known.push(one);
  }
  return names;
}

function weightOf({
  beforeBytes,
  afterBytes,
}: Pick<PackageChange, "beforeBytes" | "afterBytes">): number {
  return Math.abs((afterBytes ?? 0) - (beforeBytes ?? 0));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
