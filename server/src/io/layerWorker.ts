import { isMainThread, parentPort, workerData } from "node:worker_threads";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import {
  type MergedLayers,
  hashCandidatesOf,
  mergeLayers,
  stackLayers,
} from "../core/image/merge.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { shortDigest } from "../core/image/digest.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { cacheBytes, prune } from "./cacheFolder.ts";
import { readContentHashes } from "./contentHashes.ts";
import {
  keepLayer,
  keepMerged,
  loadLayer,
  packLayer,
  packMerged,
  verifiedKey,
} from "./layerCache.ts";
import { unreadable } from "./layerErrors.ts";
import { type LayerIndexer, createLayerIndexer } from "./layerIndexer.ts";
import type { LayerMessage, LayerTask, StreamedLayer } from "./layerTasks.ts";
import { readRegionLayer } from "./regionLayer.ts";
import { buffersOf } from "./transfer.ts";

/** What `workerData` is for a thread that reads layers. */
export const layerWorkerRole = { role: "layer" } as const;

/** Whether this thread was started to read layers, so that `runLayerWorker` is all it has to do. */
export function isLayerWorker(): boolean {
  const data: unknown = workerData;
  if (isMainThread || typeof data !== "object" || data === null || !("role" in data)) return false;
  return data.role === layerWorkerRole.role;
}

/** Answers tasks one after the other until the thread is ended. */
export function runLayerWorker(): void {
  const port = parentPort;
  if (port === null) return;
  const say: Say = (message) => port.postMessage(message, buffersOf(message));
  const stream: StreamState = {
    indexer: undefined,
    name: "",
    error: undefined,
    cacheFolder: undefined,
  };
  port.on("message", (task: LayerTask) => answer(task, say, stream));
}

type Say = (message: LayerMessage) => void;

type Task<Kind extends LayerTask["kind"]> = Extract<LayerTask, { readonly kind: Kind }>;

interface StreamState {
  indexer: LayerIndexer | undefined;
  name: string;
  error: ImageError | undefined;
  cacheFolder: string | undefined;
}

function answer(task: LayerTask, say: Say, stream: StreamState): void {
  switch (task.kind) {
    case "index":
      return answerIndex(task, say);
    case "load":
      return answerLoad(task, say);
    case "merge":
      return answerMerge(task, say);
    case "begin":
      return beginStream(task, stream);
    case "chunk":
      return takeChunk(task, say, stream);
    case "end":
      return endStream(say, stream);
  }
}

function answerIndex({ region, limits, cache }: Task<"index">, say: Say): void {
  const known = cache === undefined ? undefined : loadLayer(cache.folder, cache.key);
  const result =
    known === undefined ? readRegionLayer(region, limits, tellProgress(say)) : succeed(known);
  const packed =
    result.ok && known === undefined && cache !== undefined ? packLayer(result.value) : undefined;
  say({ kind: "indexed", result });
  if (packed !== undefined && cache !== undefined) keepLayer(cache.folder, cache.key, packed);
  say({ kind: "idle" });
}

function answerLoad({ diffId, cache }: Task<"load">, say: Say): void {
  const layer = loadLayer(cache.folder, cache.key);
  const lost = unreadable(shortDigest(diffId), "what was remembered of it is gone");
  say({ kind: "indexed", result: layer === undefined ? fail(lost) : succeed(layer) });
  say({ kind: "idle" });
}

function answerMerge({ layers, regions, cache }: Task<"merge">, say: Say): void {
  const result = merge(layers, regions);
  const packed = result.ok && cache !== undefined ? packMerged(result.value) : undefined;
  say({ kind: "merged", result });
  if (packed !== undefined && cache !== undefined) {
    keepMerged(cache.folder, cache.key, packed);
    prune(cache.folder, cache.maxBytes ?? cacheBytes, Date.now());
  }
  say({ kind: "idle" });
}

function merge(
  layers: readonly LayerIndex[],
  regions: Task<"merge">["regions"],
): Result<MergedLayers, ImageError> {
  const stacked = stackLayers(layers);
  for (const [layer, nodes] of hashCandidatesOf(stacked).entries()) {
    const region = regions[layer];
    const index = layers[layer];
    if (nodes.length === 0 || region === undefined || index === undefined) continue;
    const hashed = readContentHashes(index, nodes, region);
    if (!hashed.ok) return hashed;
  }
  return succeed(mergeLayers(stacked));
}

function beginStream({ name, limits, cacheFolder }: Task<"begin">, stream: StreamState): void {
  stream.indexer = createLayerIndexer({ name, limits, digest: "computed" });
  stream.name = name;
  stream.cacheFolder = cacheFolder;
}

function takeChunk({ bytes }: Task<"chunk">, say: Say, stream: StreamState): void {
  stream.error ??= stream.indexer?.push(bytes);
  say({ kind: "taken", bytes: bytes.length });
}

function endStream(say: Say, stream: StreamState): void {
  const result = finishStream(stream);
  const { cacheFolder } = stream;
  const packed = result.ok && cacheFolder !== undefined ? packLayer(result.value.index) : undefined;
  const key = result.ok ? verifiedKey(result.value.diffId) : "";
  say({ kind: "streamed", result });
  if (packed !== undefined && cacheFolder !== undefined) keepLayer(cacheFolder, key, packed);
  say({ kind: "idle" });
}

function finishStream({ indexer, error, name }: StreamState): Result<StreamedLayer, ImageError> {
  const read = error === undefined ? indexer?.finish() : fail(error);
  indexer?.close();
  if (read === undefined) return fail(unreadable(name, "nothing of it came"));
  if (!read.ok) return read;
  return succeed({ diffId: read.value.diffId ?? "", index: read.value.index });
}

const progressMs = 100;

function tellProgress(say: Say): (bytes: number) => void {
  let calls = 0;
  let toldMs = performance.now();
  return (bytes) => {
    calls += 1;
    if (calls % 64 !== 0) return;
    const nowMs = performance.now();
    if (nowMs - toldMs < progressMs) return;
    toldMs = nowMs;
    say({ kind: "progress", bytes });
  };
}
