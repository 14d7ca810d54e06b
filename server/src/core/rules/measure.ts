import { childrenOf, findNode, nameOf, nodeKind } from "../image/fileTree.ts";
import type { FileTree } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";

/** Subtrees of one layer's tree, ascending, none inside another. */
export type Subtrees = readonly number[];

/**
 * Subtrees of a layer at paths such as `var/lib/apt/lists`; `*` as a whole path component stands for every child (`root/.cache/*`).
 * Only what the layer brings: whiteouts are left out. Empty when there is nothing.
 */
export function subtreesAt(tree: FileTree, paths: readonly string[]): Subtrees {
  const found = new Set(paths.flatMap((path) => matching(tree, path.split("/"))));
  const ordered = [...found].filter((node) => tree.kind[node] !== nodeKind.whiteout);
  ordered.sort((a, b) => a - b);
  let end = -1;
  return ordered.filter((node) => {
    if (node < end) return false;
    end = tree.subtreeEnd[node] ?? node + 1;
    return true;
  });
}

function matching(tree: FileTree, parts: readonly string[]): readonly number[] {
  const star = parts.indexOf("*");
  if (star < 0) {
    const node = findNode(tree, parts.join("/"));
    return node === undefined ? [] : [node];
  }
  const directory = findNode(tree, parts.slice(0, star).join("/"));
  if (directory === undefined) return [];
  return childrenOf(tree, directory).flatMap((child) => {
    const rest = [...parts.slice(0, star), nameOf(tree, child), ...parts.slice(star + 1)];
    return star === parts.length - 1 ? [child] : matching(tree, rest);
  });
}

/**
 * Bytes that leave a layer when these subtrees are not in it: an inode group counts only when all its names are inside. Exact.
 * O(nodes inside + links of the layer).
 */
export function bytesWithout(tree: FileTree, subtrees: Subtrees): number {
  const isInside = (node: number): boolean =>
    subtrees.some((root) => root <= node && node < (tree.subtreeEnd[root] ?? root + 1));
  const { node: linked, first } = tree.links;
  // The first name carries the bytes: those inside with another name outside stay.
  const staying = new Set<number>();
  linked.forEach((node, row) => {
    const carrier = first[row] ?? -1;
    if (carrier >= 0 && isInside(carrier) && !isInside(node)) staying.add(carrier);
  });
  const all = subtrees.reduce((sum, root) => sum + (tree.subtreeBytes[root] ?? 0), 0);
  return [...staying].reduce((sum, node) => sum - (tree.bytes[node] ?? 0), all);
}

/** Bytes that leave these layers when nothing is at the paths in them. */
export function bytesAt(
  read: ReadImage,
  layers: readonly number[],
  paths: readonly string[],
): number {
  return layers.reduce((sum, layer) => {
    const tree = read.layers[layer]?.tree;
    return tree === undefined ? sum : sum + bytesWithout(tree, subtreesAt(tree, paths));
  }, 0);
}
