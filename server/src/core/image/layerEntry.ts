/** What an entry of a tar says it is. Pipes count as devices: neither has content. */
export type EntryKind = "directory" | "file" | "symlink" | "hardLink" | "device";

/** One entry of a layer tar, as its headers state it. Readers reuse one object for all entries: what is to be kept must be copied. */
export interface LayerEntry {
  kind: EntryKind;
  /** Raw path as written: path[0 … pathLength), may begin with `/` or `./` and end with `/`. */
  path: Uint8Array;
  pathLength: number;
  /** Raw target of a symlink or hard link: linkTarget[0 … linkLength). */
  linkTarget: Uint8Array;
  linkLength: number;
  /** Content of a regular file, for a sparse file with its holes; 0 for all others. */
  contentBytes: number;
  mode: number;
  uid: number;
  gid: number;
  /** Offset of the body in the uncompressed tar; -1 without one. */
  bodyOffset: number;
  /** The stored body is a map of pieces, not the content. */
  isSparse: boolean;
}
