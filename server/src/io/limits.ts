import type { TarLimits } from "../core/image/tarParser.ts";

/** Ceilings for what is read from an image: everything in it may be hostile. Past one of them reading ends with `limit-exceeded`. */
export interface Limits extends TarLimits {
  /** Entries of one layer, with the parents that are made up. */
  readonly entries: number;
  readonly layers: number;
  /** Uncompressed bytes of one layer. */
  readonly tarBytes: number;
  /** Content bytes of one layer; keeps sums exact. */
  readonly contentBytes: number;
  /** Uncompressed bytes for each compressed one, once a layer is larger than `freeBytes`. gzip cannot go past 1032. */
  readonly expansionRatio: number;
  readonly freeBytes: number;
  /** A manifest, an index or a config. */
  readonly jsonBytes: number;
  /** Reading one image. */
  readonly readMs: number;
}

/**
 * Far above what real images have: the largest known layers hold some hundred GB and two million files. Whoever lowers one that users cannot set raises
 * `layerCodecVersion` and `mergedVersion`: what is remembered is held against `entries` and `tarBytes` only.
 */
export const defaultLimits: Limits = {
  entries: 5_000_000,
  layers: 1000,
  pathBytes: 4096,
  extensionBytes: 2 ** 20,
  tarBytes: 2 ** 40,
  contentBytes: 2 ** 50,
  expansionRatio: 20_000,
  freeBytes: 2 ** 32,
  jsonBytes: 16 * 2 ** 20,
  readMs: 30 * 60_000,
};
