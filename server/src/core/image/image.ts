import type { CopyTable } from "./copies.ts";
import type { DiffId, Digest } from "./digest.ts";
import type { LayerEvidence } from "./evidence.ts";
import type { FileTree } from "./fileTree.ts";
import type { ImageConfig } from "./imageConfig.ts";

/** Which kind of store an image was read from; the `source` of `--json`. */
export type SourceKind = "engine" | "docker-archive" | "oci";

/** What a manifest says of one layer. */
export interface LayerDescriptor {
  readonly diffId: DiffId;
  /** Length of the compressed blob a registry would send; undefined where the store keeps no compressed blob. */
  readonly transferBytes?: number;
  /** Digest of the stored blob, where the store names it. */
  readonly blobDigest?: Digest;
}

/** What is known of an image before any layer is read: milliseconds, no file. */
export interface ImageDescription {
  /** As the user wrote it, in the one spelling of DESIGN §5. */
  readonly reference: string;
  /** Digest of the config. */
  readonly imageId: Digest;
  readonly source: SourceKind;
  readonly config: ImageConfig;
  /** Base layer first, one for each diffId. */
  readonly layers: readonly LayerDescriptor[];
  /**
   * Bytes by layer as the engine's history prints them, base first; undefined when the source has no such figures
   * or when they are not contentBytes (snapshot usage of the containerd store, FACTS §3 27).
   */
  readonly historyBytes?: readonly number[];
}

/** One layer, read to its last entry. */
export interface Layer {
  /** 0 is the base layer. */
  readonly index: number;
  readonly diffId: DiffId;
  readonly transferBytes?: number;
  /** Sum of the sizes of its regular files, each inode group once. */
  readonly contentBytes: number;
  /** Length of the uncompressed tar. */
  readonly tarBytes: number;
  /** Bytes of this layer that the final file system does not show. */
  readonly wastedBytes: number;
  /** Bytes of lower layers that this layer is the first to hide. */
  readonly hidesBytes: number;
  /** Regular files, hard links counted by name. */
  readonly fileCount: number;
  /** What this layer brings, whiteouts as nodes of kind `whiteout`. */
  readonly tree: FileTree;
  /** By node, bits of `layerFlag`: what the tar states and what it takes away. */
  readonly flags: Uint8Array;
  /** What was kept of its contents; undefined where none were looked at. */
  readonly evidence?: LayerEvidence;
}

/** Why bytes are not in the final file system; DESIGN §5 Accounting says when each applies. */
export type WasteKind =
  | "deleted"
  | "overwritten"
  | "metadata-only"
  | "moved"
  | "opaque"
  | "replaced";

/** Order in which WasteTable.kind counts. */
export const wasteKinds: readonly WasteKind[] = [
  "deleted",
  "overwritten",
  "metadata-only",
  "moved",
  "opaque",
  "replaced",
];

/** All wasted files of an image as columns, ordered by layer, then by path. Row i is one inode group, named by its first path. */
export interface WasteTable {
  readonly count: number;
  /** Index into `wasteKinds`. */
  readonly kind: Uint8Array;
  readonly bytes: Float64Array;
  readonly writtenByLayer: Uint16Array;
  readonly hiddenByLayer: Uint16Array;
  /** Node in `layers[writtenByLayer].tree`. */
  readonly node: Int32Array;
}

/** Layers put on top of each other: `layerContentBytes = finalContentBytes + wastedBytes`, exactly. */
export interface ReadImage {
  readonly description: ImageDescription;
  /** Base first, only real layers. */
  readonly layers: readonly Layer[];
  /** What a container sees; each file knows its layer. */
  readonly finalTree: FileTree;
  readonly waste: WasteTable;
  /** Undefined where contents were not compared. */
  readonly copies?: CopyTable;
  readonly layerContentBytes: number;
  readonly finalContentBytes: number;
  readonly wastedBytes: number;
  readonly tarBytes: number;
  /** Undefined as soon as one layer's is unknown. */
  readonly transferBytes?: number;
  /** Regular files of the final tree. */
  readonly fileCount: number;
}

/** An image as far as it is known now: described at once, read later. */
export type Image =
  | { readonly state: "described"; readonly description: ImageDescription }
  | { readonly state: "read"; readonly description: ImageDescription; readonly read: ReadImage };
