import { nodeKind } from "../fileTree.ts";
import type { ReadImage } from "../image.ts";
import { findPackages } from "./findPackages.ts";
import { keptInFinalTree } from "./keptFiles.ts";
import { ownersOf, unowned } from "./ownership.ts";
import type { FoundPackage, LayerBytes, Package } from "./package.ts";
import { type TreePaths, pathsOf } from "../treePaths.ts";
import { type Piecework, finish } from "../piecework.ts";
import { findUnreadBooks } from "./unreadBooks.ts";

/** Who owns the bytes of the final file system: `ownedBytes + unownedBytes = finalContentBytes`, exactly. */
export interface PackageTable {
  /** Heaviest first, equal weights by name; those of unknown weight last. */
  readonly packages: readonly Package[];
  /** By node of the final tree: index into `packages`, -1 for what no package owns and for directories. */
  readonly owners: Int32Array;
  readonly ownedBytes: number;
  /** Content bytes that no package owns, as far as the books that could be read tell. */
  readonly unownedBytes: number;
  /** Regular files that no package owns, hard links counted by name. */
  readonly unownedFileCount: number;
  /** Paths of package databases that are there but could not be read, in path order: what they know is among the unowned. */
  readonly unreadBooks: readonly string[];
  /** Not all that packages own could be told: a layer's contents were not or not all kept, a book was not read, or a package has unknown files. */
  readonly isPartial: boolean;
}

/**
 * Packages of the final file system with what they own. Packages of languages whose files all belong to a package of the distribution are left out.
 * Empty where no contents were kept. O(nodes + entries of the package databases).
 */
export function packagesOf(read: ReadImage): PackageTable {
  return finish(findPackageTable(read));
}

/** The same in pieces. */
export function* findPackageTable(read: ReadImage): Piecework<PackageTable> {
  const paths = pathsOf(read.finalTree);
  yield;
  const kept = keptInFinalTree(read, paths);
  yield;
  const found = findPackages(kept, paths);
  yield;
  const owners = ownersOf(paths, found);
  yield;
  const { byOwner, rest } = sumByOwner(paths, owners, found.length);
  yield;
  const weighed = found.flatMap((each, index) => {
    const sums = byOwner[index] ?? noFiles;
    return isShown(each, sums) ? [{ index, package: weigh(each, sums) }] : [];
  });
  weighed.sort((a, b) => compareWeights(a.package, b.package));
  const packages = weighed.map((each) => each.package);
  const places = new Map(weighed.map(({ index }, at) => [index, at]));
  const unreadBooks = findUnreadBooks(kept, paths);
  return {
    packages,
    owners: owners.map((owner) => places.get(owner) ?? unowned),
    ownedBytes: packages.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    unownedBytes: rest.bytes,
    unownedFileCount: rest.fileCount,
    unreadBooks,
    isPartial:
      unreadBooks.length > 0 ||
      packages.some(({ bytes }) => bytes === undefined) ||
      read.layers.some(({ evidence }) => evidence === undefined || evidence.isCut === true),
  };
}

interface Sums {
  bytes: number;
  fileCount: number;
  linkCount: number;
  readonly byLayer: Map<number, number>;
}

const noFiles: Sums = { bytes: 0, fileCount: 0, linkCount: 0, byLayer: new Map() };

function sumByOwner(
  { tree }: TreePaths,
  owners: Int32Array,
  count: number,
): { readonly byOwner: readonly Sums[]; readonly rest: Sums } {
  const empty = (): Sums => ({ bytes: 0, fileCount: 0, linkCount: 0, byLayer: new Map() });
  const byOwner = Array.from({ length: count }, empty);
  const rest = empty();
  for (let node = 0; node < tree.nodeCount; node += 1) {
    const kind = tree.kind[node];
    if (kind === nodeKind.directory) continue;
    const sums = byOwner[owners[node] ?? unowned] ?? rest;
    if (kind === nodeKind.file) sums.fileCount += 1;
    else sums.linkCount += 1;
    const bytes = tree.bytes[node] ?? 0;
    if (bytes === 0) continue;
    const layer = tree.layer[node] ?? 0;
    sums.bytes += bytes;
    sums.byLayer.set(layer, (sums.byLayer.get(layer) ?? 0) + bytes);
  }
  return { byOwner, rest };
}

/** A book that lists a package without files is right (metapackages); a folder or file that another package owns is not a package of its own. */
function isShown(found: FoundPackage, sums: Sums): boolean {
  const isOfDistribution = ["dpkg", "apk", "rpm"].includes(found.manager);
  return isOfDistribution || sums.fileCount + sums.linkCount > 0;
}

function weigh(found: FoundPackage, sums: Sums): Package {
  const { manager, name, version, architecture, files, places } = found;
  const isKnown = files !== undefined;
  return {
    manager,
    name,
    version,
    architecture,
    bytes: isKnown ? sums.bytes : undefined,
    fileCount: isKnown ? sums.fileCount : undefined,
    byLayer: layersOf(sums.byLayer),
    places,
  };
}

function layersOf(byLayer: ReadonlyMap<number, number>): readonly LayerBytes[] {
  return [...byLayer].map(([layer, bytes]) => ({ layer, bytes })).sort((a, b) => a.layer - b.layer);
}

function compareWeights(a: Package, b: Package): number {
  return (b.bytes ?? -1) - (a.bytes ?? -1) || compareText(a.name, b.name);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
