import type { ImageError } from "../core/image/imageError.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { keepLayer, packLayer, verifiedKey } from "./layerCache.ts";
import { unreadable } from "./layerErrors.ts";
import { type LayerIndexer, createLayerIndexer } from "./layerIndexer.ts";
import type { SayFromThread, StreamedLayer, TaskOf } from "./layerTasks.ts";

/** A layer that a thread is reading as a stream. */
export interface OpenStream {
  readonly name: string;
  readonly indexer: LayerIndexer;
  readonly cacheFolder: string | undefined;
  /** What went wrong; the rest is taken and forgotten. */
  error: ImageError | undefined;
}

/** Begins a layer whose bytes will come in chunks. */
export function beginStream({ name, limits, cacheFolder }: TaskOf<"begin">): OpenStream {
  const indexer = createLayerIndexer({ name, limits, digest: "computed" });
  return { name, indexer, cacheFolder, error: undefined };
}

/** Takes a chunk and gives its memory back, so that the next may come. */
export function takeChunk(
  { bytes }: TaskOf<"chunk">,
  stream: OpenStream,
  say: SayFromThread,
): void {
  stream.error ??= stream.indexer.push(bytes);
  say({ kind: "taken", bytes });
}

/** Ends the layer: its index, named by its own bytes. */
export function endStream(stream: OpenStream, say: SayFromThread): void {
  const result = finish(stream);
  stream.indexer.close();
  const { cacheFolder } = stream;
  const packed = result.ok && cacheFolder !== undefined ? packLayer(result.value.index) : undefined;
  const key = result.ok ? verifiedKey(result.value.diffId) : "";
  say({ kind: "streamed", result });
  if (packed !== undefined && cacheFolder !== undefined) keepLayer(cacheFolder, key, packed);
  say({ kind: "idle" });
}

function finish({ indexer, error, name }: OpenStream): Result<StreamedLayer, ImageError> {
  if (error !== undefined) return fail(error);
  const read = indexer.finish();
  if (!read.ok) return read;
  const { diffId, index } = read.value;
  return diffId === undefined
    ? fail(unreadable(name, "it has no digest"))
    : succeed({ diffId, index });
}
