import { firstNameOf } from "../evidence.ts";
import { type FileTree, linkTargetOf, nodeKind } from "../fileTree.ts";
import type { ReadImage } from "../image.ts";
import { layerMark } from "../layerMarks.ts";
import { matchPaths } from "../treeMatch.ts";

/**
 * By node of the final tree, what became of it since another image: a value of `layerMark`, never `removed`. Contents are not compared: a file that came
 * with another layer and has the same size is `rewritten`, whatever its owner and mode. O(nodes of both).
 */
export function changesSince(before: ReadImage, after: ReadImage): Int32Array {
  const [old, now] = [before.finalTree, after.finalTree];
  return matchPaths(now, old).map((match, node) => {
    if (node === 0) return layerMark.none;
    if (match === -1) return layerMark.added;
    const oldLayer = before.layers[old.layer[match] ?? 0];
    const layer = after.layers[now.layer[node] ?? 0];
    const isSameLayer = oldLayer !== undefined && oldLayer.diffId === layer?.diffId;
    return changeOf(old, match, now, node, isSameLayer);
  });
}

function changeOf(
  old: FileTree,
  match: number,
  now: FileTree,
  node: number,
  isSameLayer: boolean,
): number {
  const kind = now.kind[node];
  if (old.kind[match] !== kind) return layerMark.changed;
  const isOtherLink =
    kind === nodeKind.symlink && linkTargetOf(old, match) !== linkTargetOf(now, node);
  const bytes = contentBytesOf(now, node);
  if (isOtherLink || contentBytesOf(old, match) !== bytes) return layerMark.changed;
  const isCompared = kind !== nodeKind.device && bytes === 0;
  if (!isCompared && !isSameLayer) return layerMark.rewritten;
  return hasSameMetadata(old, match, now, node) ? layerMark.none : layerMark.metadata;
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
