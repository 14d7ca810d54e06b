import { firstNameOf } from "../evidence.ts";
import { type FileTree, linkTargetOf, nodeKind } from "../fileTree.ts";
import type { ReadImage } from "../image.ts";
import { layerMark } from "../layerMarks.ts";
import { type Piecework, pieceNodes } from "../piecework.ts";
import { matchPaths } from "../treeMatch.ts";

/**
 * By node of the final tree, what became of it since another image: a value of `layerMark`, never `removed`. Contents are not compared: a file that came
 * with another layer and has the same size is `rewritten`, whatever its owner and mode. O(nodes of both).
 */
export function* changesSince(before: ReadImage, after: ReadImage): Piecework<Int32Array> {
  const changes = yield* matchPaths(after.finalTree, before.finalTree);
  changes[0] = layerMark.none;
  for (let node = 1; node < changes.length; node += 1) {
    const match = changes[node] ?? -1;
    changes[node] = match === -1 ? layerMark.added : changeOf(before, match, after, node);
    if (node % pieceNodes === 0) yield;
  }
  return changes;
}

/**
 * What became of a node of the final tree at a path that both images have, a value of `layerMark` as `changesSince` gives it: never `added` or `removed`.
 * The sizes are those of the files, for every name of an inode group.
 */
export function changeOf(before: ReadImage, match: number, after: ReadImage, node: number): number {
  const [old, now] = [before.finalTree, after.finalTree];
  const kind = now.kind[node];
  if (old.kind[match] !== kind) return layerMark.changed;
  const isOtherLink =
    kind === nodeKind.symlink && linkTargetOf(old, match) !== linkTargetOf(now, node);
  const bytes = contentBytesOf(now, node);
  if (isOtherLink || contentBytesOf(old, match) !== bytes) return layerMark.changed;
  const isCompared = kind !== nodeKind.device && bytes === 0;
  if (!isCompared && !isOfSameLayer(before, match, after, node)) return layerMark.rewritten;
  return hasSameMetadata(old, match, now, node) ? layerMark.none : layerMark.metadata;
}

function isOfSameLayer(before: ReadImage, match: number, after: ReadImage, node: number): boolean {
  const old = before.layers[before.finalTree.layer[match] ?? 0];
  const now = after.layers[after.finalTree.layer[node] ?? 0];
  return old !== undefined && old.diffId === now?.diffId;
}

/** Of a later name of an inode group, too. */
function contentBytesOf(tree: FileTree, node: number): number {
  return tree.bytes[firstNameOf(tree, node)] ?? 0;
}

function hasSameMetadata(a: FileTree, one: number, b: FileTree, other: number): boolean {
  return (
    a.mode[one] === b.mode[other] && a.uid[one] === b.uid[other] && a.gid[one] === b.gid[other]
  );
}
