import { type FileTree, nameOf, nodeKind } from "../fileTree.ts";
import { compareNames } from "../siblingMerge.ts";

/** What became of a path between two file systems. */
export type PathChangeKind =
  | "added"
  | "removed"
  /** Another size, or another type. */
  | "changed"
  /** Written again with the same size: whether its content is another one is not known. */
  | "rewritten"
  /** Only mode or owner. */
  | "metadata";

/** A change of a file, or of a directory with all that is below it. */
export interface PathChange {
  readonly path: string;
  readonly kind: PathChangeKind;
  readonly isDirectory: boolean;
  readonly beforeBytes: number;
  readonly afterBytes: number;
  /** Regular files, links and devices that changed in that way; 1 for anything but a directory. */
  readonly count: number;
}

/** Whether two layers, by index in the image of each tree, are the same. */
export type IsSameLayer = (before: number, after: number) => boolean;

/**
 * What is different between two file systems, by path in name order. A directory that is new, or gone, as a whole is one change. Contents are not
 * compared: what has the same size and came with another layer is `rewritten`. O(nodes of both).
 */
export function diffTrees(
  before: FileTree,
  after: FileTree,
  isSameLayer: IsSameLayer,
): readonly PathChange[] {
  const changes: PathChange[] = [];
  diffChildren({ before, after, isSameLayer, changes }, 0, 0, "");
  return changes;
}

interface Comparison {
  readonly before: FileTree;
  readonly after: FileTree;
  readonly isSameLayer: IsSameLayer;
  readonly changes: PathChange[];
}

function diffChildren(comparison: Comparison, old: number, now: number, path: string): void {
  const { before, after, changes } = comparison;
  const [oldEnd, nowEnd] = [endOf(before, old), endOf(after, now)];
  let [left, right] = [old + 1, now + 1];
  while (left < oldEnd || right < nowEnd) {
    const order =
      left >= oldEnd ? 1 : right >= nowEnd ? -1 : compareNames(before, left, after, right);
    if (order < 0) changes.push(wholeChange(before, left, path, "removed"));
    if (order > 0) changes.push(wholeChange(after, right, path, "added"));
    if (order === 0) diffNodes(comparison, left, right, path);
    if (order <= 0) left = endOf(before, left);
    if (order >= 0) right = endOf(after, right);
  }
}

/** Two nodes of one name in the directory at `above`. */
function diffNodes(comparison: Comparison, old: number, now: number, above: string): void {
  const { before, after, changes } = comparison;
  const wasDirectory = before.kind[old] === nodeKind.directory;
  const isDirectory = after.kind[now] === nodeKind.directory;
  if (wasDirectory !== isDirectory) {
    changes.push(wholeChange(before, old, above, "removed"));
    changes.push(wholeChange(after, now, above, "added"));
    return;
  }
  const path = joinPath(above, nameOf(after, now));
  const kind = changeOf(comparison, old, now);
  if (kind !== undefined) {
    const [beforeBytes, afterBytes] = [before.bytes[old] ?? 0, after.bytes[now] ?? 0];
    changes.push({ path, kind, isDirectory, beforeBytes, afterBytes, count: 1 });
  }
  if (isDirectory) diffChildren(comparison, old, now, path);
}

function changeOf(
  { before, after, isSameLayer }: Comparison,
  old: number,
  now: number,
): PathChangeKind | undefined {
  const isSameType = before.kind[old] === after.kind[now];
  if (!isSameType || before.bytes[old] !== after.bytes[now]) return "changed";
  const isSameMetadata =
    before.mode[old] === after.mode[now] &&
    before.uid[old] === after.uid[now] &&
    before.gid[old] === after.gid[now];
  if (!isSameMetadata) return "metadata";
  const isWritten = after.kind[now] === nodeKind.file && (after.bytes[now] ?? 0) > 0;
  const isSame = isSameLayer(before.layer[old] ?? 0, after.layer[now] ?? 0);
  return isWritten && !isSame ? "rewritten" : undefined;
}

function wholeChange(
  tree: FileTree,
  node: number,
  directory: string,
  kind: "added" | "removed",
): PathChange {
  const bytes = tree.subtreeBytes[node] ?? 0;
  return {
    path: joinPath(directory, nameOf(tree, node)),
    kind,
    isDirectory: tree.kind[node] === nodeKind.directory,
    beforeBytes: kind === "removed" ? bytes : 0,
    afterBytes: kind === "added" ? bytes : 0,
    count: countFiles(tree, node),
  };
}

function countFiles(tree: FileTree, root: number): number {
  let count = 0;
  for (let node = root; node < endOf(tree, root); node += 1) {
    if (tree.kind[node] !== nodeKind.directory) count += 1;
  }
  return count;
}

function endOf(tree: FileTree, node: number): number {
  return tree.subtreeEnd[node] ?? node + 1;
}

function joinPath(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}
