import type { Image } from "./image.ts";

/** Bytes of layers, base first: read ones exactly, else as the engine's history has them; undefined when one of them is not known. */
export function contentOf(image: Image, layers: readonly number[]): number | undefined {
  return layers.reduce<number | undefined>((sum, layer) => {
    const bytes =
      image.state === "read"
        ? image.read.layers[layer]?.contentBytes
        : image.description.historyBytes?.[layer];
    return sum === undefined || bytes === undefined ? undefined : sum + bytes;
  }, 0);
}
