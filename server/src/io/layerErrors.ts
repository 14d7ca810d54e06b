import type { ImageError } from "../core/image/imageError.ts";
import type { TarRefusal } from "../core/image/tarParser.ts";

/** A layer that cannot be read; `reason` ends a sentence. */
export function unreadable(layer: string, reason: string): ImageError {
  return { code: "layer-unreadable", layer, reason };
}

/** What a tar refuses, said of its layer. */
export function tarError(layer: string, refusal: TarRefusal): ImageError {
  switch (refusal.kind) {
    case "malformed":
      return unreadable(layer, refusal.reason);
    case "limit":
      return { code: "limit-exceeded", limit: refusal.limit, where: `Layer ${layer}` };
  }
}

/** A layer in a compression that Tare has no decoder for. */
export function unsupportedCompression(layer: string, compression: string): ImageError {
  return { code: "media-type-unsupported", where: `Layer ${layer}`, mediaType: compression };
}
