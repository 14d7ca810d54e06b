/** Which file of which layer, and how much of it. */
export interface FileRequest {
  /** Index of the layer, base first. */
  readonly layer: number;
  /** Relative, no `/` in front; no link is followed. */
  readonly path: string;
  /** A longer file is not read and is `too-large`; with `start` the most that is read. */
  readonly maxBytes: number;
  /** Where in the content to begin; the answer then is a part of at most `maxBytes`. Without it the whole file is meant. */
  readonly start?: number;
  readonly signal: AbortSignal;
}

/** What a layer holds at a path. */
export type FileContent = RegularFile | (FileFacts & OtherEntry) | { readonly kind: "absent" };

/** A regular file, also under a later name of its inode group. */
export interface RegularFile extends FileFacts {
  readonly kind: "file";
  /** The whole content, or the part that was asked for; its memory belongs to the caller. */
  readonly bytes: Uint8Array;
  /** Of the whole content. */
  readonly contentBytes: number;
}

/** What has no content to show, or none that is read. */
export type OtherEntry =
  /** Longer than `maxBytes`. */
  | { readonly kind: "too-large"; readonly contentBytes: number }
  /** Stored as a map of its pieces, which are not put together. */
  | { readonly kind: "sparse"; readonly contentBytes: number }
  /** `target` as it is written. */
  | { readonly kind: "symlink"; readonly target: string }
  /** A hard link whose content is in a lower layer, under the path `target`. */
  | { readonly kind: "link-below"; readonly target: string }
  | { readonly kind: "directory" }
  | { readonly kind: "device" }
  /** The layer removes what lower layers have there. */
  | { readonly kind: "whiteout" };

/** What every entry of a layer says of itself. */
export interface FileFacts {
  /** Permission bits, with set-user-id and its like. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}
