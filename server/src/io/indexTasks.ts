import { shortDigest } from "../core/image/digest.ts";
import { fail } from "../core/result.ts";
import { keepLayer, loadLayer, packLayer } from "./layerCache.ts";
import { unreadable } from "./layerErrors.ts";
import type { SayFromThread, TaskOf } from "./layerTasks.ts";
import { readRegionLayer } from "./regionLayer.ts";

/** Indexes a layer that lies in a file, or finds it in the cache. */
export function answerIndex({ region, limits, cache }: TaskOf<"index">, say: SayFromThread): void {
  const known = cache === undefined ? undefined : loadLayer(cache, region.diffId, limits);
  const isNew = known === undefined;
  const result = known ?? readRegionLayer(region, limits, tellProgress(say));
  const packed = isNew && result.ok && cache !== undefined ? packLayer(result.value) : undefined;
  say({ kind: "indexed", result });
  if (packed !== undefined && cache !== undefined) keepLayer(cache.folder, cache.key, packed);
  say({ kind: "idle" });
}

/** Finds a layer in the cache. */
export function answerLoad({ diffId, limits, cache }: TaskOf<"load">, say: SayFromThread): void {
  const lost = unreadable(shortDigest(diffId), "what was remembered of it is gone");
  say({ kind: "indexed", result: loadLayer(cache, diffId, limits) ?? fail(lost) });
  say({ kind: "idle" });
}

const progressMs = 100;

function tellProgress(say: SayFromThread): (bytes: number) => void {
  let toldMs = performance.now();
  return (bytes) => {
    const nowMs = performance.now();
    if (nowMs - toldMs < progressMs) return;
    toldMs = nowMs;
    say({ kind: "progress", bytes });
  };
}
