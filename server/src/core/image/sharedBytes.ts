import type { DiffId, Digest } from "./digest.ts";
import type { Image } from "./image.ts";
import { contentOf } from "./layerContent.ts";

/** Another image of the same store. */
export interface NeighbourImage {
  readonly imageId: Digest;
  /** Base layer first. */
  readonly diffIds: readonly DiffId[];
}

/** What of an image other images of the same store hold, too. */
export interface SharedBytes {
  /** Images that it was compared with. */
  readonly comparedCount: number;
  /** How many of them have at least its lowest layer as their lowest one. */
  readonly imageCount: number;
  /**
   * Layers, counted from the base, that another image has on top of the very same ones below: these are stored once (image-spec config.md § Layer
   * ChainID). 0 for none.
   */
  readonly layerCount: number;
  /** contentBytes of those layers; undefined while one of them is not known. */
  readonly contentBytes: number | undefined;
  /** contentBytes of all other layers, which the store holds for this image alone; undefined while one of them is not known. */
  readonly ownBytes: number | undefined;
  /** Layers above that another image has, too, but on top of something else: sent once to a registry, and yet stored twice here. */
  readonly repeated: { readonly layerCount: number; readonly contentBytes: number | undefined };
}

/** What an image shares with its neighbours, itself not among them. O(layers of all). */
export function sharedBytesOf(image: Image, neighbours: readonly NeighbourImage[]): SharedBytes {
  const { layers } = image.description;
  const commonWith = ({ diffIds }: NeighbourImage): number => {
    const end = layers.findIndex(({ diffId }, at) => diffIds[at] !== diffId);
    return end === -1 ? layers.length : end;
  };
  const common = neighbours.map(commonWith);
  const layerCount = common.reduce((most, count) => Math.max(most, count), 0);
  const elsewhere = new Set(neighbours.flatMap(({ diffIds }) => diffIds));
  const all = layers.map((_, index) => index);
  const repeated = all.slice(layerCount).filter((index) => elsewhere.has(idOf(layers[index])));
  return {
    comparedCount: neighbours.length,
    imageCount: common.filter((count) => count > 0).length,
    layerCount,
    contentBytes: contentOf(image, all.slice(0, layerCount)),
    ownBytes: contentOf(image, all.slice(layerCount)),
    repeated: { layerCount: repeated.length, contentBytes: contentOf(image, repeated) },
  };
}

function idOf(layer: { readonly diffId: DiffId } | undefined): DiffId {
  return layer?.diffId ?? "";
}
