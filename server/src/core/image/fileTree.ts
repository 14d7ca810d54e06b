import { firstFrom } from "./nodeSearch.ts";

/** Kinds of nodes, the values of `FileTree.kind`. A hard link is a `file` whose bytes are charged to another name of its inode group. */
export const nodeKind = {
  directory: 0,
  file: 1,
  symlink: 2,
  device: 3,
  /** Only in the tree of one layer: removes the lower path of this name. */
  whiteout: 4,
} as const;

/**
 * A file system, or what one layer brings to it, as columns: no object per file, movable between threads.
 * Nodes stand in preorder with the children of a directory together by name (byte order): node 0 is the root directory, and the
 * subtree of node n is n … subtreeEnd[n] - 1. Names are raw bytes; paths for people decode them as UTF-8 with replacement.
 */
export interface FileTree {
  readonly nodeCount: number;
  readonly parent: Int32Array;
  readonly subtreeEnd: Int32Array;
  /** Values of `nodeKind`. */
  readonly kind: Uint8Array;
  /** Bytes charged to this node alone; 0 for the later names of an inode group. */
  readonly bytes: Float64Array;
  /** Bytes of the node and all below it. */
  readonly subtreeBytes: Float64Array;
  /** The layer that brought the node, base 0. A directory names the last layer that touched it. */
  readonly layer: Uint16Array;
  readonly mode: Uint32Array;
  readonly uid: Uint32Array;
  readonly gid: Uint32Array;
  /** Name of node n: nameBytes[nameStart[n] … nameStart[n] + nameLength[n]). */
  readonly nameStart: Uint32Array;
  readonly nameLength: Uint16Array;
  readonly nameBytes: Uint8Array;
  /** Read by `linkTargetOf`. */
  readonly links: LinkColumns;
}

/** Where symlinks and hard links point to: sparse columns, row i for node `node[i]`. */
export interface LinkColumns {
  /** Ascending. */
  readonly node: Int32Array;
  /** For a later name of an inode group the node of its first name; -1 where the target is text. */
  readonly first: Int32Array;
  /** Target text of row i, raw bytes: textBytes[textStart[i] … textStart[i + 1]); empty where `first` is set. One longer than `node`. */
  readonly textStart: Uint32Array;
  readonly textBytes: Uint8Array;
}

const decoder = new TextDecoder("utf-8");

/** Name of the node without its directories; "" for the root. */
export function nameOf(tree: FileTree, node: number): string {
  const start = tree.nameStart[node] ?? 0;
  return decoder.decode(tree.nameBytes.subarray(start, start + (tree.nameLength[node] ?? 0)));
}

/** Path of the node, relative, `/`-separated, without a leading slash: `etc/passwd`; "" for the root. */
export function pathOf(tree: FileTree, node: number): string {
  const names: string[] = [];
  for (let at = node; at > 0; at = tree.parent[at] ?? 0) names.push(nameOf(tree, at));
  return names.reverse().join("/");
}

/** For a symlink its target as written, for a later name of an inode group the path of its first name; "" for all others. */
export function linkTargetOf(tree: FileTree, node: number): string {
  const { first, textStart, textBytes } = tree.links;
  const row = linkRowOf(tree.links, node);
  if (row < 0) return "";
  const firstName = first[row] ?? -1;
  if (firstName >= 0) return pathOf(tree, firstName);
  return decoder.decode(textBytes.subarray(textStart[row], textStart[row + 1]));
}

/** The row of a node; -1 when it is no link. */
export function linkRowOf({ node: nodes }: LinkColumns, node: number): number {
  const at = firstFrom(nodes, node);
  return nodes[at] === node ? at : -1;
}

/** Children of a directory in name order; empty for anything else. */
export function childrenOf(tree: FileTree, node: number): readonly number[] {
  const children: number[] = [];
  const end = tree.subtreeEnd[node] ?? node + 1;
  for (let child = node + 1; child < end; child = tree.subtreeEnd[child] ?? end) {
    children.push(child);
  }
  return children;
}

/** The node at a path such as `usr/lib`, or undefined; "" is the root. Symlinks are not followed. */
export function findNode(tree: FileTree, path: string): number | undefined {
  return path
    .split("/")
    .filter((name) => name !== "" && name !== ".")
    .reduce<number | undefined>(
      (at, name) =>
        at === undefined
          ? undefined
          : childrenOf(tree, at).find((child) => nameOf(tree, child) === name),
      0,
    );
}
