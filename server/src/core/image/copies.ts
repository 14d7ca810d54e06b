import { contentHashOf } from "./contentMatch.ts";
import { type FileTree, nodeKind } from "./fileTree.ts";
import { type InodeGroups, type LayerNode, keyOf } from "./inodeGroups.ts";
import { type LayerIndex, layerFlag } from "./layerIndex.ts";
import type { Overlay } from "./overlay.ts";

/**
 * Large files of the final file system that have the same size and the same hash at several paths: as good as certainly the same
 * content. Names of one inode group count once, by the first. As columns, a row for each file.
 */
export interface CopyTable {
  readonly count: number;
  /** In the final tree; rows of one content stand together, in path order. */
  readonly node: Int32Array;
  /** From 0, in the order of their first files: equal for files with the same content. */
  readonly content: Int32Array;
}

/** Smaller files are not compared. */
const leastBytes = 100_000;
/** Files from this size on are compared whatever their names: equal sizes are no chance any more. Smaller ones where names agree. */
const leastTellingBytes = 1_000_000;

/** Files that have one size and may be copies of each other: several in each group. */
export type LikelyCopies = readonly (readonly ShownFile[])[];

/** A file that the final tree shows, and the node that carries its content. */
export interface ShownFile extends LayerNode {
  /** In the final tree. */
  readonly visible: number;
}

/** So many bytes are read for nothing but this question, in layers that are not hashed as they come. */
const mostReadBytes = 500_000_000;

/** By layer, nodes whose content hash decides about copies and is not known yet, ascending; the heaviest files first where they are too many. */
export function findCopyCandidates(
  layers: readonly LayerIndex[],
  likelyCopies: LikelyCopies,
): readonly Int32Array[] {
  const wanted = layers.map((): number[] => []);
  const likely = likelyCopies.map((alike) => ({
    unknown: alike.filter((file) => isUnhashed(layers, file)),
    bytes: bytesOf(layers, alike[0]),
  }));
  let readBytes = 0;
  for (const { unknown, bytes } of likely.sort((a, b) => b.bytes - a.bytes)) {
    readBytes += unknown.length * bytes;
    if (readBytes > mostReadBytes) break;
    for (const { layer, node } of unknown) wanted[layer]?.push(node);
  }
  return wanted.map((nodes) => Int32Array.from(new Set(nodes)).sort());
}

function isUnhashed(layers: readonly LayerIndex[], { layer, node }: LayerNode): boolean {
  const index = layers[layer];
  const known = (index?.flags[node] ?? 0) & (layerFlag.hashed | layerFlag.sparse);
  return known === 0 && (index?.bodyOffset[node] ?? -1) >= 0;
}

/** Files with the same content, as far as hashes are known. */
export function findCopies(layers: readonly LayerIndex[], likelyCopies: LikelyCopies): CopyTable {
  const contents = likelyCopies
    .flatMap((alike) => [
      ...groupBy(alike, ({ layer, node }) => contentHashOf(layers[layer], node)),
    ])
    .flatMap(([hash, same]) => (hash === undefined || same.length < 2 ? [] : [same]))
    .sort((a, b) => (a[0]?.visible ?? 0) - (b[0]?.visible ?? 0));
  const rows = contents.flatMap((same, content) =>
    same.map(({ visible }) => ({ node: visible, content })),
  );
  return {
    count: rows.length,
    node: Int32Array.from(rows, ({ node }) => node),
    content: Int32Array.from(rows, ({ content }) => content),
  };
}

/** Files that may be copies as far as sizes and names tell; content is not looked at. O(visible nodes). */
export function findLikelyCopies(
  layers: readonly LayerIndex[],
  overlay: Overlay,
  groups: InodeGroups,
): LikelyCopies {
  const bySize = groupBy(largeFiles(layers, overlay, groups), (file) => bytesOf(layers, file));
  return [...bySize].flatMap(([bytes, alike]) => {
    if (alike.length < 2) return [];
    const likely = bytes >= leastTellingBytes ? alike : withSharedNames(layers, overlay, alike);
    return likely.length < 2 ? [] : [likely];
  });
}

/** Each inode group once, in path order. */
function* largeFiles(
  layers: readonly LayerIndex[],
  overlay: Overlay,
  groups: InodeGroups,
): Iterable<ShownFile> {
  const trees = layers.map(({ tree }) => tree);
  const seen = new Set<number>();
  for (let visible = 0; visible < overlay.visibleCount; visible += 1) {
    if (isSmallFile(trees, overlay, visible)) continue;
    const named = visibleAt(overlay, visible);
    if (trees[named.layer]?.kind[named.node] !== nodeKind.file) continue;
    const isAlone = groups.isAlone(named.layer, named.node);
    const owner = isAlone ? named : groups.ownerOf(named.layer, named.node);
    if (bytesOf(layers, owner) < leastBytes) continue;
    const key = keyOf(owner.layer, owner.node);
    if (isAlone || !seen.has(key)) yield { visible, ...owner };
    if (!isAlone) seen.add(key);
  }
}

/** Most files are. Further names of an inode group carry no bytes: what they are must be asked. */
function isSmallFile(
  trees: readonly FileTree[],
  { visibleLayer, visibleNode }: Overlay,
  visible: number,
): boolean {
  const bytes = trees[visibleLayer[visible] ?? 0]?.bytes[visibleNode[visible] ?? 0] ?? 0;
  return bytes > 0 && bytes < leastBytes;
}

function visibleAt({ visibleLayer, visibleNode }: Overlay, visible: number): LayerNode {
  return { layer: visibleLayer[visible] ?? 0, node: visibleNode[visible] ?? 0 };
}

function bytesOf(layers: readonly LayerIndex[], at: LayerNode | undefined): number {
  return at === undefined ? 0 : (layers[at.layer]?.tree.bytes[at.node] ?? 0);
}

function withSharedNames(
  layers: readonly LayerIndex[],
  overlay: Overlay,
  alike: readonly ShownFile[],
): readonly ShownFile[] {
  const nameOf = ({ visible }: ShownFile): string => {
    const { layer, node } = visibleAt(overlay, visible);
    const tree = layers[layer]?.tree;
    const start = tree?.nameStart[node] ?? 0;
    return String(tree?.nameBytes.subarray(start, start + (tree.nameLength[node] ?? 0)));
  };
  const byName = groupBy(alike, nameOf);
  return alike.filter((shown) => (byName.get(nameOf(shown))?.length ?? 0) > 1);
}

function groupBy<K>(
  files: Iterable<ShownFile>,
  keyOfFile: (file: ShownFile) => K,
): ReadonlyMap<K, readonly ShownFile[]> {
  const groups = new Map<K, ShownFile[]>();
  for (const file of files) {
    const key = keyOfFile(file);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [file]);
    else group.push(file);
  }
  return groups;
}
