import type { ReadImage } from "../core/image/image.ts";
import { findCachedLayers } from "./layerReader.ts";
import { openImage, type OpenOptions } from "./openImage.ts";

/**
 * An image all of whose layers were read before, from what is remembered of them by digest; undefined for any other: no layer is read for it.
 * Layers that were read from an engine's own storage are remembered by their place, so they are not found.
 */
export async function readIndexedImage(
  text: string,
  options: OpenOptions,
): Promise<ReadImage | undefined> {
  const { cacheFolder, signal } = options;
  if (cacheFolder === undefined) return undefined;
  const opened = await openImage(text, options);
  if (!opened.ok) return undefined;
  const diffIds = opened.value.description.layers.map(({ diffId }) => diffId);
  const known = await findCachedLayers(diffIds, { cacheFolder });
  const isKnown = diffIds.every((diffId) => known.has(diffId));
  const read = isKnown ? await opened.value.read({ signal }) : undefined;
  await opened.value.close();
  return read?.ok === true ? read.value : undefined;
}
