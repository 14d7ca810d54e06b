import { type FileTree, nameOf, nodeKind } from "../fileTree.ts";
import type { ReadImage } from "../image.ts";
import { layerMark } from "../layerMarks.ts";
import { compareNames } from "../siblingMerge.ts";
import { changeOf } from "./nodeChanges.ts";

/** What became of a path between two file systems. */
export type PathChangeKind =
  | "added"
  | "removed"
  /** Another size, type or target; or another name of its inode group carries the bytes now. */
  | "changed"
  /** Written again with the same size: whether its content is another one was not compared, and nothing is said of its mode and owner. */
  | "rewritten"
  /** The same content, or none, and another mode or owner. */
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

/**
 * What is different between the final file systems of two images, by path in name order. A directory that is new, or gone, as a whole is one change.
 * Contents are not compared: `changesSince` says which changes there are. O(nodes of both).
 */
export function diffTrees(before: ReadImage, after: ReadImage): readonly PathChange[] {
  const changes: PathChange[] = [];
  diffChildren({ before, after, changes }, 0, 0, "");
  return changes;
}

interface Comparison {
  readonly before: ReadImage;
  readonly after: ReadImage;
  readonly changes: PathChange[];
}

function diffChildren(comparison: Comparison, old: number, now: number, path: string): void {
  const { changes } = comparison;
  const [before, after] = [comparison.before.finalTree, comparison.after.finalTree];
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
  const { changes } = comparison;
  const [before, after] = [comparison.before.finalTree, comparison.after.finalTree];
  const wasDirectory = before.kind[old] === nodeKind.directory;
  const isDirectory = after.kind[now] === nodeKind.directory;
  if (wasDirectory !== isDirectory) {
    changes.push(wholeChange(before, old, above, "removed"));
    changes.push(wholeChange(after, now, above, "added"));
    return;
  }
  const path = joinPath(above, nameOf(after, now));
  const [beforeBytes, afterBytes] = [before.bytes[old] ?? 0, after.bytes[now] ?? 0];
  const kind = beforeBytes === afterBytes ? kindOfChange(comparison, old, now) : "changed";
  if (kind !== undefined) {
    changes.push({ path, kind, isDirectory, beforeBytes, afterBytes, count: 1 });
  }
  if (isDirectory) diffChildren(comparison, old, now, path);
}

/** Undefined where nothing is different. */
function kindOfChange(
  { before, after }: Comparison,
  old: number,
  now: number,
): PathChangeKind | undefined {
  switch (changeOf(before, old, after, now)) {
    case layerMark.changed:
      return "changed";
    case layerMark.rewritten:
      return "rewritten";
    case layerMark.metadata:
      return "metadata";
    default:
      return undefined;
  }
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
