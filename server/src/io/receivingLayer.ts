import type { ImageError } from "../core/image/imageError.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { packLayer } from "./layerCache.ts";
import { createLayerIndexer } from "./layerIndexer.ts";
import type { ReceivedLayer } from "./layerSource.ts";
import { openLayerStream, type LayerStreamOptions } from "./layerStream.ts";
import type { Limits } from "./limits.ts";

/** A layer that is indexed while its bytes arrive, by whichever thread. */
export interface ReceivingLayer {
  /** Takes the next bytes; the chunk is not kept. A promise that there is room for more; undefined when there is some now. */
  take(chunk: Uint8Array): Promise<void> | undefined;
  /** Call after the last byte. */
  finish(): Promise<Result<ReceivedLayer, ImageError>>;
  /** Lets go of all that it holds; safe at any time. */
  abort(): void;
}

const batchBytes = 256 * 1024;

/** A layer of so many bytes that a thread of its own reads, and holds against its diffId. `name` is said in errors. */
export function openLayerInThread(
  name: string,
  storedBytes: number,
  options: LayerStreamOptions,
): ReceivingLayer {
  const stream = openLayerStream(name, options);
  // Batches have memory of their own: they go to another thread.
  let batch: Uint8Array = new Uint8Array(Math.min(batchBytes, storedBytes));
  let filled = 0;
  const pushBatch = (): Promise<void> | undefined => {
    if (filled === 0) return undefined;
    const wait = stream.push(batch.subarray(0, filled));
    batch = stream.spare(batchBytes) ?? new Uint8Array(batchBytes);
    filled = 0;
    return wait;
  };
  return {
    take(chunk) {
      let wait: Promise<void> | undefined;
      for (let at = 0; at < chunk.length;) {
        const taken = chunk.subarray(at, at + batch.length - filled);
        batch.set(taken, filled);
        filled += taken.length;
        at += taken.length;
        if (filled === batch.length) wait = pushBatch();
      }
      return wait;
    },
    async finish() {
      void pushBatch();
      try {
        return await stream.finish();
      } catch (error) {
        const isMemory = error instanceof Error && "code" in error && error.code === outOfMemory;
        if (!isMemory) throw error;
        return fail({ code: "limit-exceeded", limit: "a worker thread's memory", where: name });
      }
    },
    abort: () => stream.abort(),
  };
}

const outOfMemory = "ERR_WORKER_OUT_OF_MEMORY";

/**
 * A layer that need not be held against its diffId: to hand it to another thread would cost more than to index it. `isCached` asks for the bytes that the
 * cache keeps.
 */
export function openLayerHere(
  name: string,
  { limits, isCached }: { readonly limits: Limits; readonly isCached: boolean },
): ReceivingLayer {
  const indexer = createLayerIndexer({ name, limits, digest: "left out" });
  let error: ImageError | undefined;
  return {
    take(chunk) {
      error ??= indexer.push(chunk);
      return undefined;
    },
    async finish() {
      const read = error === undefined ? indexer.finish() : fail(error);
      indexer.close();
      if (!read.ok) return read;
      const { index } = read.value;
      return succeed(isCached ? { index, packed: packLayer(index) } : { index });
    },
    abort: () => indexer.close(),
  };
}
