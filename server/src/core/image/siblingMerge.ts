import { compareBytes } from "./byteColumn.ts";
import type { FileTree } from "./fileTree.ts";

/** A node of one layer, and the first layer that hides it as far as its parents tell (plus one; 0 for none). */
export interface Sibling {
  readonly layer: number;
  readonly node: number;
  hiddenBy: number;
  /** Values of `hiding`; 0 while visible. */
  how: number;
}

/** Walks the children of one path in all layers at once, in name order. */
export interface SiblingMerge {
  /** All nodes of the next name, lowest layer first; empty at the end. The array is the caller's until the next call. */
  next(): readonly Sibling[];
}

interface Cursor extends Sibling {
  readonly tree: FileTree;
  node: number;
  readonly end: number;
}

/** Merges the children of directories that share a path; each hands its `hiddenBy` and `how` down. O(children · log directories). */
export function createSiblingMerge(
  trees: readonly FileTree[],
  directories: readonly Sibling[],
): SiblingMerge {
  const heap: Cursor[] = [];
  for (const { layer, node, hiddenBy, how } of directories) {
    const tree = trees[layer];
    const end = tree?.subtreeEnd[node] ?? 0;
    if (tree === undefined || node + 1 >= end) continue;
    heap.push({ layer, node: node + 1, hiddenBy, how, tree, end });
  }
  for (let at = (heap.length >> 1) - 1; at >= 0; at -= 1) sink(heap, at);
  const found: Sibling[] = [];
  return {
    next() {
      found.length = 0;
      for (let top = heap[0]; top !== undefined; top = heap[0]) {
        const [first] = found;
        if (first !== undefined && !hasName(top, trees[first.layer], first.node)) break;
        found.push({ layer: top.layer, node: top.node, hiddenBy: top.hiddenBy, how: top.how });
        advance(heap, top);
      }
      return found;
    },
  };
}

function advance(heap: Cursor[], top: Cursor): void {
  top.node = top.tree.subtreeEnd[top.node] ?? top.end;
  if (top.node >= top.end) {
    const last = heap.pop();
    if (last === undefined || last === top) return;
    heap[0] = last;
  }
  sink(heap, 0);
}

function sink(heap: Cursor[], from: number): void {
  const moving = heap[from];
  if (moving === undefined) return;
  let at = from;
  for (;;) {
    const left = heap[2 * at + 1];
    if (left === undefined) break;
    const right = heap[2 * at + 2];
    const isRightFirst = right !== undefined && order(right, left) < 0;
    const child = isRightFirst ? right : left;
    if (order(moving, child) <= 0) break;
    heap[at] = child;
    at = 2 * at + (isRightFirst ? 2 : 1);
  }
  heap[at] = moving;
}

function order(a: Cursor, b: Cursor): number {
  return compareNames(a.tree, a.node, b.tree, b.node) || a.layer - b.layer;
}

function hasName(cursor: Cursor, tree: FileTree | undefined, node: number): boolean {
  return tree !== undefined && compareNames(cursor.tree, cursor.node, tree, node) === 0;
}

/** Negative where the first node's name comes first, in byte order: the order of a directory's children. */
export function compareNames(a: FileTree, aNode: number, b: FileTree, bNode: number): number {
  const aStart = a.nameStart[aNode] ?? 0;
  const bStart = b.nameStart[bNode] ?? 0;
  const aEnd = aStart + (a.nameLength[aNode] ?? 0);
  const bEnd = bStart + (b.nameLength[bNode] ?? 0);
  return compareBytes(a.nameBytes, aStart, aEnd, b.nameBytes, bStart, bEnd);
}
