import type { ImageError } from "../core/image/imageError.ts";
import type { TarRefusal } from "../core/image/tarParser.ts";

/** A layer that cannot be read; `reason` ends a sentence. */
export function unreadable(layer: string, reason: string): ImageError {
  return { code: "layer-unreadable", layer, reason };
}

/** A layer that goes past a ceiling. */
export function pastLimit(layer: string, limit: string): ImageError {
  return { code: "limit-exceeded", limit, where: `Layer ${layer}` };
}

/** What a tar refuses, said of its layer. */
export function tarError(layer: string, refusal: TarRefusal): ImageError {
  switch (refusal.kind) {
    case "malformed":
      return unreadable(layer, refusal.reason);
    case "limit":
      return pastLimit(layer, refusal.limit);
  }
}

/** A layer in a compression that Tare has no decoder for. */
export function unsupportedCompression(layer: string, compression: string): ImageError {
  return { code: "media-type-unsupported", where: `Layer ${layer}`, mediaType: compression };
}
