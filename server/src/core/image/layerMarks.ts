import { firstNameOf } from "./evidence.ts";
import { type FileTree, linkTargetOf, nodeKind } from "./fileTree.ts";
import { type HiddenRows, hiddenRowsOf } from "./hiddenRows.ts";
import type { ReadImage } from "./image.ts";
import { layerFlag } from "./layerIndex.ts";
import type { Piecework } from "./piecework.ts";
import { type Sibling, createSiblingMerge } from "./siblingMerge.ts";

/** What an entry of a layer does to the file system that the layers below make. */
export const layerMark = {
  /** Directories that were there and stay as they are, and all that carries none of the others. */
  none: 0,
  /** Nothing was there. */
  added: 1,
  /** Other content, or another type. */
  changed: 2,
  /** The same size again; whether its content is another one was not compared. */
  rewritten: 3,
  /** The same content again: only its owner, mode or time is another one. */
  metadata: 4,
  /** A whiteout. */
  removed: 5,
} as const;

/** What each entry of a layer does to what lies below it. */
export interface LayerMarks {
  /** By node, values of `layerMark`. */
  readonly mark: Uint8Array;
  /** By node: bytes at this path and below it that lower layers carry and that this layer is the first to hide. */
  readonly hiddenBytes: Float64Array;
}

/**
 * Holds a layer against the layers below it. Directories carry a mark of their own, not one for what is in them. O(nodes of the layer + children that
 * lower layers have in the directories it touches).
 */
export function* layerMarksOf(read: ReadImage, layer: number): Piecework<LayerMarks> {
  const layers = read.layers.slice(0, layer + 1);
  const nodeCount = layers[layer]?.tree.nodeCount ?? 0;
  const walk: Walk = {
    trees: layers.map(({ tree }) => tree),
    flags: layers.map(({ flags }) => flags),
    layer,
    rows: hiddenRowsOf(read, layer),
    mark: new Uint8Array(nodeCount),
    hiddenBytes: new Float64Array(nodeCount),
  };
  const roots = layers.map((_, index): Sibling => ({ layer: index, node: 0, hiddenBy: 0, how: 0 }));
  yield;
  if (nodeCount > 0) yield* open(walk, { directory: 0, lower: roots.slice(0, layer) });
  return { mark: walk.mark, hiddenBytes: walk.hiddenBytes };
}

interface Walk extends LayerMarks {
  readonly trees: readonly FileTree[];
  readonly flags: readonly Uint8Array[];
  /** The layer that is held against the others. */
  readonly layer: number;
  readonly rows: HiddenRows;
}

/** A directory of the layer with what the lower layers have at its path, lowest first. */
interface OpenDirectory {
  readonly directory: number;
  readonly lower: readonly Sibling[];
}

/** Each node is held against all lower layers, so that fewer than elsewhere make a piece. */
const markPiece = 512;

/** Goes through a directory and all below it. */
function* open(walk: Walk, root: OpenDirectory): Piecework<void> {
  const waiting = [root];
  let untilYield = markPiece;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const { upper, below } of siblingsIn(walk, next)) {
      walk.mark[upper.node] = markOf(walk, upper.node, below);
      walk.hiddenBytes[upper.node] = hiddenBelow(walk, below);
      if (kindOf(walk, upper) === nodeKind.directory) {
        waiting.push({ directory: upper.node, lower: below });
      }
      untilYield -= 1;
      if (untilYield > 0) continue;
      yield;
      untilYield = markPiece;
    }
  }
}

/** What the layer has in a directory, each with what stands there below it; nothing where all is new, which is marked at once. */
function* siblingsIn(
  walk: Walk,
  { directory, lower }: OpenDirectory,
): Generator<{ readonly upper: Sibling; readonly below: readonly Sibling[] }> {
  const own: Sibling = { layer: walk.layer, node: directory, hiddenBy: 0, how: 0 };
  const visible = isCut(walk, own) ? [] : visibleDirectories(walk, lower);
  if (visible.length === 0) return markAdded(walk, directory);
  const merge = createSiblingMerge(walk.trees, [...visible, own]);
  for (let next = merge.next(); next.length > 0; next = merge.next()) {
    const upper = next.at(-1);
    if (upper?.layer === walk.layer) yield { upper, below: next.slice(0, -1) };
  }
}

/** The directories whose children show through, lowest first: nothing below the uppermost one that hides lower ones. */
function visibleDirectories(walk: Walk, lower: readonly Sibling[]): readonly Sibling[] {
  const visible: Sibling[] = [];
  for (const sibling of lower.toReversed()) {
    if (kindOf(walk, sibling) !== nodeKind.directory) break;
    visible.push({ ...sibling, hiddenBy: 0, how: 0 });
    if (isCut(walk, sibling)) break;
  }
  return visible.toReversed();
}

/** Whether a directory hides what lower layers have in it. */
function isCut({ flags }: Walk, { layer, node }: Pick<Sibling, "layer" | "node">): boolean {
  return ((flags[layer]?.[node] ?? 0) & (layerFlag.opaque | layerFlag.whitedOut)) !== 0;
}

/** All below a directory of which lower layers show nothing. */
function markAdded({ trees, layer, mark }: Walk, directory: number): void {
  const tree = trees[layer];
  const end = tree?.subtreeEnd[directory] ?? 0;
  for (let node = directory + 1; node < end; node += 1) {
    mark[node] = tree?.kind[node] === nodeKind.whiteout ? layerMark.removed : layerMark.added;
  }
}

function markOf(walk: Walk, node: number, below: readonly Sibling[]): number {
  const upper = { layer: walk.layer, node };
  const kind = kindOf(walk, upper);
  if (kind === nodeKind.whiteout) return layerMark.removed;
  const standing = below.findLast((sibling) => !isGhost(walk, sibling));
  if (standing === undefined || kindOf(walk, standing) === nodeKind.whiteout) {
    return layerMark.added;
  }
  const isOther = kindOf(walk, standing) !== kind;
  if (isOther) return layerMark.changed;
  if (kind === nodeKind.directory) return markOfDirectory(walk, node, below);
  if (kind === nodeKind.symlink) {
    const isSame = targetOf(walk, standing) === targetOf(walk, upper);
    return isSame ? layerMark.metadata : layerMark.changed;
  }
  return kind === nodeKind.file ? markOfFile(walk, node, standing) : layerMark.rewritten;
}

/** A directory that the tar does not state is only on the way to others. */
function markOfDirectory(walk: Walk, node: number, below: readonly Sibling[]): number {
  const { layer } = walk;
  if (isCut(walk, { layer, node })) return layerMark.changed;
  if (!isStated(walk, { layer, node })) return layerMark.none;
  const stated = below.findLast((sibling) => isStated(walk, sibling));
  if (stated === undefined) return layerMark.none;
  const isSame = hasSameMetadata(walk, { layer, node }, stated);
  return isSame ? layerMark.none : layerMark.metadata;
}

function hasSameMetadata({ trees }: Walk, one: Place, other: Place): boolean {
  const columnsOf = ({ layer, node }: Place): readonly unknown[] => {
    const tree = trees[layer];
    return [tree?.mode[node], tree?.uid[node], tree?.gid[node]];
  };
  const [left, right] = [columnsOf(one), columnsOf(other)];
  return left.every((value, at) => value === right[at]);
}

/** The waste table knows how contents compare; files without a row of their own go by their size. */
function markOfFile(walk: Walk, node: number, standing: Sibling): number {
  const kind = walk.rows.kindOf(standing.layer, firstName(walk, standing));
  if (kind === "metadata-only") return layerMark.metadata;
  if (kind === "overwritten") return layerMark.changed;
  const bytes = bytesOf(walk, { layer: walk.layer, node });
  if (bytesOf(walk, standing) !== bytes) return layerMark.changed;
  return bytes === 0 ? layerMark.metadata : layerMark.rewritten;
}

function hiddenBelow({ rows, trees }: Walk, below: readonly Sibling[]): number {
  return below.reduce((sum, { layer, node }) => {
    const end = trees[layer]?.subtreeEnd[node] ?? node + 1;
    return sum + rows.bytesIn(layer, node, end);
  }, 0);
}

type Place = Pick<Sibling, "layer" | "node">;

function kindOf({ trees }: Walk, { layer, node }: Place): number {
  return trees[layer]?.kind[node] ?? nodeKind.whiteout;
}

function isStated({ flags }: Walk, { layer, node }: Place): boolean {
  return ((flags[layer]?.[node] ?? 0) & layerFlag.stated) !== 0;
}

/** A directory that is only there for the whiteouts in it brings nothing, not even itself. */
function isGhost(walk: Walk, { layer, node }: Place): boolean {
  const tree = walk.trees[layer];
  const end = tree?.subtreeEnd[node] ?? node + 1;
  for (let at = node; at < end; at += 1) {
    const kind = tree?.kind[at];
    if (kind === nodeKind.whiteout && at > node) continue;
    const flags = walk.flags[layer]?.[at] ?? 0;
    const isMadeUp = (flags & (layerFlag.stated | layerFlag.opaque)) === 0;
    if (kind !== nodeKind.directory || !isMadeUp) return false;
  }
  return true;
}

function targetOf({ trees }: Walk, { layer, node }: Place): string {
  const tree = trees[layer];
  return tree === undefined ? "" : linkTargetOf(tree, node);
}

function firstName({ trees }: Walk, { layer, node }: Place): number {
  const tree = trees[layer];
  return tree === undefined ? node : firstNameOf(tree, node);
}

function bytesOf(walk: Walk, place: Place): number {
  return walk.trees[place.layer]?.bytes[firstName(walk, place)] ?? 0;
}
