import { type NodeColumns, findChild, inodeOf, linkTextRange } from "./nodeColumns.ts";
import type { LayerEntry } from "./layerEntry.ts";
import { nodeKind } from "./fileTree.ts";
import { isDots, refused, slash } from "./pathBytes.ts";

/** The node a hard link names, -1 when this layer has none (yet), `refused` for `..`. */
export function findTarget(columns: NodeColumns, entry: LayerEntry): number {
  return findPath(columns, entry.linkTarget, 0, entry.linkLength);
}

function findPath(columns: NodeColumns, path: Uint8Array, start: number, end: number): number {
  let node = 0;
  for (let at = start; at < end && node >= 0;) {
    let stop = at;
    while (stop < end && path[stop] !== slash) stop += 1;
    if (stop - at === 2 && isDots(path, at, stop)) return refused;
    if (stop > at && !isDots(path, at, stop)) node = findChild(columns, node, path, at, stop);
    at = stop + 1;
  }
  return node > 0 && columns.kind[node] !== nodeKind.directory ? node : -1;
}

/** Makes a node another name of what the target is: an inode group for files, the same link text for symlinks. */
export function shareContent(columns: NodeColumns, node: number, target: number): void {
  if (columns.inode[node] === node) columns.sharing.push(node);
  columns.kind[node] = columns.kind[target] ?? nodeKind.file;
  columns.inode[node] = inodeOf(columns, target);
  columns.link[node] = columns.link[target] ?? -1;
}

/** Hard links that stood before their target in the tar. Those that still find none point into a lower layer and keep their text. */
export function resolveLateLinks(columns: NodeColumns): void {
  let open: number[] = [];
  for (let row = 0; row < columns.linkCount; row += 1) {
    const node = columns.linkNode[row] ?? 0;
    if (isOpen(columns, node)) open.push(node);
  }
  for (let round = 0; open.length > 0 && round < mostLateRounds; round += 1) {
    const before = open.length;
    for (const node of open) resolveLink(columns, node, (target) => !isOpen(columns, target));
    open = open.filter((node) => isOpen(columns, node));
    if (open.length === before) break;
  }
  for (const node of open) resolveLink(columns, node, () => true);
  // What was linked to a link before that found its target is of the target's kind too.
  for (const node of columns.sharing) {
    const holder = inodeOf(columns, node);
    if (holder !== node) shareContent(columns, node, holder);
  }
}

/** Links to links to links, each before its target, are resolved this deep: only a tar made to be odd has them at all. */
const mostLateRounds = 16;

function isOpen(columns: NodeColumns, node: number): boolean {
  const hasText = (columns.link[node] ?? -1) >= 0;
  return hasText && columns.kind[node] === nodeKind.file && columns.inode[node] === node;
}

function resolveLink(
  columns: NodeColumns,
  node: number,
  isWelcome: (target: number) => boolean,
): void {
  const [start, end] = linkTextRange(columns, columns.link[node] ?? 0);
  const target = findPath(columns, columns.linkTexts.bytes, start, end);
  if (target < 0 || !isWelcome(target) || inodeOf(columns, target) === node) return;
  shareContent(columns, node, target);
}
