import type { LayerEvidence } from "./evidence.ts";
import type { FileTree } from "./fileTree.ts";

/** Bits of `LayerIndex.flags`. */
export const layerFlag = {
  /** The tar has an entry for the node itself; a directory without it is only a missing parent made up. */
  stated: 1,
  /** A directory with an opaque whiteout: hides all lower children. image-spec layer.md § Opaque Whiteout. */
  opaque: 2,
  /** A whiteout of the same name stands beside the entry: the lower path goes, the entry stays. */
  whitedOut: 4,
  /** `contentHash` is known. */
  hashed: 8,
  /** The body cannot be read as it stands in the tar (sparse file), so content is never compared. */
  sparse: 16,
} as const;

/**
 * What one layer brings, read to its last entry: its tree and what putting it on others needs to know. Columns, movable between threads.
 * Whiteouts are nodes of kind `whiteout` under the name they remove; opaque ones are a flag of their directory.
 */
export interface LayerIndex {
  readonly tree: FileTree;
  /** By node, bits of `layerFlag`. */
  readonly flags: Uint8Array;
  /** By node: the node that carries the bytes of its inode group (its first name), the node itself when it has no other names. */
  readonly inode: Int32Array;
  /** By node, of the whole content; meaningful only where `hashed` is set, and for nodes that carry bytes. */
  readonly contentHash: Uint32Array;
  /** By node: offset of the body in the uncompressed tar; -1 where there is none. */
  readonly bodyOffset: Float64Array;
  /** Sum of the sizes of regular files, each inode group once. */
  readonly contentBytes: number;
  /** Length of the uncompressed tar, with its padding. */
  readonly tarBytes: number;
  /** What reading it took: entries with the parents that were made up, those that a later entry replaced and whiteouts included. */
  readonly entryCount: number;
  /** Regular files, hard links counted by name. */
  readonly fileCount: number;
  /** What was kept of its contents, by the first name of each inode group. */
  readonly evidence: LayerEvidence;
}
