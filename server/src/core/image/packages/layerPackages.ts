import type { Layer, ReadImage } from "../image.ts";
import { findPackages } from "./findPackages.ts";
import { type KeptFiles, keptInLayer } from "./keptFiles.ts";
import { ownersOf } from "./ownership.ts";
import { type FoundPackage, type PackageIdentity, packageKey } from "./package.ts";
import type { PackageTable } from "./packageTable.ts";
import { layerPathsOf, pathsOf } from "../treePaths.ts";

/** What one layer brought of a package. */
export interface LayerPackage extends PackageIdentity {
  /** Content bytes, whether the final file system still shows them or not. */
  readonly bytes: number;
  /** Those of `bytes` that it does not show any more. */
  readonly hiddenBytes: number;
}

/**
 * What a layer brought by package, heaviest first, equal weights by name; packages without bytes are left out. Files that are still shown
 * belong to their owner in `table`; files that later layers hide belong to whom the layer's own package databases say. Packages a later
 * layer removed or replaced are therefore here too. O(nodes of the layer + entries of its package databases).
 */
export function packagesByLayer(
  read: ReadImage,
  table: PackageTable,
  layer: number,
): readonly LayerPackage[] {
  const byKey = new Map<string, LayerPackage>();
  const add = (identity: PackageIdentity, bytes: number, hiddenBytes: number): void => {
    const known = byKey.get(packageKey(identity));
    byKey.set(packageKey(identity), {
      ...identityOf(identity),
      bytes: (known?.bytes ?? 0) + bytes,
      hiddenBytes: (known?.hiddenBytes ?? 0) + hiddenBytes,
    });
  };
  for (const shown of table.packages) {
    const bytes = shown.byLayer.find((each) => each.layer === layer)?.bytes;
    if (bytes !== undefined) add(shown, bytes, 0);
  }
  for (const [hidden, bytes] of hiddenBytesOf(read, layer)) add(hidden, bytes, bytes);
  return [...byKey.values()].sort(byWeight);
}

/**
 * What a layer is the first to hide of what lower layers brought, by package, heaviest first, equal weights by name: of what it removed, replaced or wrote
 * again. The owners are those that the databases of the layer that brought a file name. `hiddenBytes` is all of `bytes`.
 */
export function packagesHiddenBy(read: ReadImage, layer: number): readonly LayerPackage[] {
  const { waste } = read;
  const writers = new Set<number>();
  for (let row = 0; row < waste.count; row += 1) {
    if (waste.hiddenByLayer[row] === layer) writers.add(waste.writtenByLayer[row] ?? 0);
  }
  const byKey = new Map<string, LayerPackage>();
  for (const writer of writers) {
    for (const [owner, bytes] of hiddenBytesOf(read, writer, layer)) {
      const key = packageKey(owner);
      const sum = (byKey.get(key)?.bytes ?? 0) + bytes;
      byKey.set(key, { ...identityOf(owner), bytes: sum, hiddenBytes: sum });
    }
  }
  return [...byKey.values()].sort(byWeight);
}

/** Packages of which a layer's own databases tell, and the bytes of their files in this layer; in the order of the databases. */
export function packagesWithin(
  read: ReadImage,
  layer: Layer,
  kept: KeptFiles = keptInLayer(layer),
): readonly { readonly found: FoundPackage; readonly bytes: number }[] {
  const { found, owners } = ownersWithin(read, layer, kept);
  const bytes = new Float64Array(found.length);
  owners.forEach((owner, node) => {
    if (owner >= 0) bytes[owner] = (bytes[owner] ?? 0) + (layer.tree.bytes[node] ?? 0);
  });
  return found.map((each, index) => ({ found: each, bytes: bytes[index] ?? 0 }));
}

function byWeight(a: LayerPackage, b: LayerPackage): number {
  return b.bytes - a.bytes || (a.name < b.name ? -1 : 1);
}

function identityOf({ manager, name, version, architecture }: PackageIdentity): PackageIdentity {
  return { manager, name, version, architecture };
}

/** Rows of the waste table that a layer wrote and a package of it owns; only those that one layer hides, where it is given. */
function hiddenBytesOf(
  read: ReadImage,
  index: number,
  hiddenBy?: number,
): readonly (readonly [FoundPackage, number])[] {
  const layer = read.layers[index];
  if (layer === undefined || layer.wastedBytes === 0) return [];
  const { found, owners } = ownersWithin(read, layer, keptInLayer(layer));
  const { count, writtenByLayer, hiddenByLayer, node: nodes, bytes } = read.waste;
  const rows: (readonly [FoundPackage, number])[] = [];
  for (let row = 0; row < count; row += 1) {
    if (writtenByLayer[row] !== index) continue;
    if (hiddenBy !== undefined && hiddenByLayer[row] !== hiddenBy) continue;
    const owner = found[owners[nodes[row] ?? -1] ?? -1];
    if (owner !== undefined) rows.push([owner, bytes[row] ?? 0]);
  }
  return rows;
}

function ownersWithin(
  read: ReadImage,
  layer: Layer,
  kept: KeptFiles,
): { readonly found: readonly FoundPackage[]; readonly owners: Int32Array } {
  const paths = layerPathsOf(layer.tree, pathsOf(read.finalTree));
  const found = findPackages(kept, paths);
  return { found, owners: ownersOf(paths, found) };
}
