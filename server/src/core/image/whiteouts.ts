import { nodeKind } from "./fileTree.ts";
import { layerFlag } from "./layerIndex.ts";
import { type NodeColumns, addNode, findChild } from "./nodeColumns.ts";

/** The lower path path[start … end) in the directory goes. */
export function noteWhiteout(
  whiteouts: NodeColumns,
  directory: number,
  path: Uint8Array,
  start: number,
  end: number,
): void {
  const there = findChild(whiteouts, directory, path, start, end);
  const node = there < 0 ? addNode(whiteouts, directory, path, start, end) : there;
  if (there < 0) whiteouts.kind[node] = nodeKind.whiteout;
  whiteouts.flags[node] = (whiteouts.flags[node] ?? 0) | layerFlag.whitedOut;
}

/** All lower children of the directory go. */
export function noteOpaque(whiteouts: NodeColumns, directory: number): void {
  whiteouts.flags[directory] = (whiteouts.flags[directory] ?? 0) | layerFlag.opaque;
}

/**
 * Brings the whiteouts among the entries of their layer: as nodes of their own where no entry has the name, else as flags. Directories that
 * are missing are made up. Below what is no directory in this layer nothing of lower layers is left to hide.
 */
export function applyWhiteouts(columns: NodeColumns, whiteouts: NodeColumns): void {
  const placeOf = new Int32Array(whiteouts.count).fill(-1);
  placeOf[0] = 0;
  mark(columns, 0, (whiteouts.flags[0] ?? 0) & layerFlag.opaque);
  for (let whiteout = 1; whiteout < whiteouts.count; whiteout += 1) {
    const parent = placeOf[whiteouts.parent[whiteout] ?? 0] ?? -1;
    if (parent >= 0) placeOf[whiteout] = apply(columns, parent, whiteouts, whiteout);
  }
}

/** Returns the directory for what is below, -1 when there is none. */
function apply(
  columns: NodeColumns,
  parent: number,
  whiteouts: NodeColumns,
  whiteout: number,
): number {
  const flags = whiteouts.flags[whiteout] ?? 0;
  const start = whiteouts.nameStart[whiteout] ?? 0;
  const end = start + (whiteouts.nameLength[whiteout] ?? 0);
  const { bytes } = whiteouts.names;
  const isDirectory = whiteouts.kind[whiteout] === nodeKind.directory;
  const there = findChild(columns, parent, bytes, start, end);
  const node = there < 0 ? addNode(columns, parent, bytes, start, end) : there;
  if (there < 0) {
    columns.kind[node] = isDirectory ? nodeKind.directory : nodeKind.whiteout;
    if (isDirectory) columns.mode[node] = 0o755;
    else columns.flags[node] = layerFlag.stated;
  }
  const isBesideEntry = columns.kind[node] !== nodeKind.whiteout;
  mark(columns, node, isBesideEntry ? flags & layerFlag.whitedOut : 0);
  if (columns.kind[node] !== nodeKind.directory) return -1;
  mark(columns, node, flags & layerFlag.opaque);
  return node;
}

function mark(columns: NodeColumns, node: number, flags: number): void {
  columns.flags[node] = (columns.flags[node] ?? 0) | flags;
}
