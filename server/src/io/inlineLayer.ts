import type { ImageError } from "../core/image/imageError.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { packLayer } from "./layerCache.ts";
import { createLayerIndexer } from "./layerIndexer.ts";
import type { ReceivedLayer } from "./layerSource.ts";
import type { Limits } from "./limits.ts";

/** A layer that is indexed by the thread which receives it. */
export interface InlineLayer {
  /** Takes the next bytes; the chunk is not kept. */
  take(chunk: Uint8Array): void;
  /** Call after the last byte. */
  finish(): Result<ReceivedLayer, ImageError>;
  /** Frees what is outside the heap; safe to call twice. */
  abort(): void;
}

/**
 * Opens a layer that need not be held against its diffId: then to hand it to another thread costs more than to index it. `name` is said in errors;
 * `isCached` asks for the bytes that the cache keeps.
 */
export function openInlineLayer(
  name: string,
  { limits, isCached }: { readonly limits: Limits; readonly isCached: boolean },
): InlineLayer {
  const indexer = createLayerIndexer({ name, limits, digest: "left out" });
  let error: ImageError | undefined;
  return {
    take(chunk) {
      error ??= indexer.push(chunk);
    },
    finish() {
      const read = error === undefined ? indexer.finish() : fail(error);
      indexer.close();
      if (!read.ok) return read;
      const { index } = read.value;
      return succeed(isCached ? { index, packed: packLayer(index) } : { index });
    },
    abort: () => indexer.close(),
  };
}
