import {
  childrenOf,
  linkRowOf,
  linkTargetOf,
  nameOf,
  nodeKind,
  type FileTree,
} from "./fileTree.ts";
import { layerFlag, type LayerIndex } from "./layerIndex.ts";

/** What every entry of a layer says of itself. */
export interface FileFacts {
  /** Permission bits, with set-user-id and its like; those that are usual where a directory is only implied. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** An entry without content that could be read where it stands. */
export type OtherEntry =
  /** Stored as a map of its pieces; `contentBytes` counts its holes. */
  | { readonly kind: "sparse"; readonly contentBytes: number }
  /** `target` as it is written. */
  | { readonly kind: "symlink"; readonly target: string }
  /** A hard link to a file that only a lower layer has, under the path `target` as it is written. */
  | { readonly kind: "link-below"; readonly target: string }
  | { readonly kind: "directory" }
  | { readonly kind: "device" }
  /** The layer removes what lower layers have there. */
  | { readonly kind: "whiteout" };

/** Where the content of a regular file lies. */
export interface FilePlace {
  readonly kind: "file";
  readonly contentBytes: number;
  /** In the uncompressed tar of the layer; -1 for an empty file. */
  readonly bodyOffset: number;
  /** Of the whole content, as the layer's index has it; undefined where it was not computed. */
  readonly contentHash: number | undefined;
}

/** Nothing can be said to be at the path: `ambiguous` where several names of bytes that are no UTF-8 look like it. */
export interface NoEntry {
  readonly kind: "absent" | "ambiguous";
}

/** What one layer has at a path. */
export type LayerFile = (FileFacts & (FilePlace | OtherEntry)) | NoEntry;

/**
 * Looks a path up in one layer (`etc/passwd`; "" is the root). No link is followed; a later name of an inode group has the content of the
 * first. Costs one scan of each directory on the way.
 */
export function findLayerFile(index: LayerIndex, path: string): LayerFile {
  const node = path === "" ? 0 : findExactly(index.tree, path.split("/"));
  return typeof node === "number" ? entryAt(index, node) : { kind: node };
}

function findExactly(tree: FileTree, names: readonly string[]): number | NoEntry["kind"] {
  let at = 0;
  for (const name of names) {
    const fitting = childrenOf(tree, at).filter((child) => nameOf(tree, child) === name);
    const [first] = fitting;
    if (first === undefined || name === "") return "absent";
    if (fitting.length > 1) return "ambiguous";
    at = first;
  }
  return at;
}

function entryAt(index: LayerIndex, node: number): LayerFile {
  const { tree } = index;
  const facts = {
    mode: tree.mode[node] ?? 0,
    uid: tree.uid[node] ?? 0,
    gid: tree.gid[node] ?? 0,
  };
  switch (tree.kind[node] ?? nodeKind.file) {
    case nodeKind.directory:
      return { kind: "directory", ...facts };
    case nodeKind.symlink:
      return { kind: "symlink", target: linkTargetOf(tree, node), ...facts };
    case nodeKind.device:
      return { kind: "device", ...facts };
    case nodeKind.whiteout:
      return { kind: "whiteout", ...facts };
    default:
      return { ...fileAt(index, node), ...facts };
  }
}

function fileAt(index: LayerIndex, node: number): FilePlace | OtherEntry {
  const { tree, flags, inode, bodyOffset, contentHash } = index;
  const row = linkRowOf(tree.links, node);
  if (row >= 0 && (tree.links.first[row] ?? -1) < 0) {
    return { kind: "link-below", target: linkTargetOf(tree, node) };
  }
  const flag = flags[node] ?? 0;
  const contentBytes = tree.bytes[inode[node] ?? node] ?? 0;
  if ((flag & layerFlag.sparse) !== 0) return { kind: "sparse", contentBytes };
  const isHashed = (flag & layerFlag.hashed) !== 0;
  return {
    kind: "file",
    contentBytes,
    bodyOffset: bodyOffset[node] ?? -1,
    contentHash: isHashed ? contentHash[node] : undefined,
  };
}
