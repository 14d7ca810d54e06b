import type { LayerIndex } from "../core/image/layerIndex.ts";
import {
  type MergedLayers,
  finalTreeOf,
  hashCandidatesOf,
  mergeLayers,
  stackLayers,
} from "../core/image/merge.ts";
import { defaultLimits } from "./limits.ts";
import { madeUpEntries, madeUpTar } from "./madeUpTar.ts";
import { readPlainLayer } from "./plainLayer.ts";
import { regionOf } from "./regionReader.ts";

/** Often enough for each call to have been made with all it may meet; more of them gain nothing. */
const rounds = 3;

/**
 * Reads three small made-up layers that hold a bit of everything, and puts them on top of each other. V8 compiles for what it has seen so far, and throws
 * that away in the middle of a large image when something else comes along. One run takes about ten milliseconds, so this is for threads that wait.
 * Returns what they make together.
 */
export function rehearseLayers(): MergedLayers {
  const lower = layerOf(["usr/lib/one", "usr/lib/two", "app/node_modules/three"], "0000644");
  const upper = layerOf(["usr/lib/one", "app/.wh.node_modules", "srv/.wh..wh..opq"], "0000755");
  const tars = [lower, upper, sortedLayerOf(["srv/one", "srv/two"], "0000644")];
  let merged = mergeTars(tars);
  for (let round = 1; round < rounds; round += 1) merged = mergeTars(tars);
  return merged;
}

function layerOf(folders: readonly string[], mode: string): Uint8Array {
  return madeUpTar(madeUpEntries(folders, mode));
}

/** In the order of paths and without hard links, which makes it a simpler layer. */
function sortedLayerOf(folders: readonly string[], mode: string): Uint8Array {
  const entries = madeUpEntries(folders, mode).filter(({ type }) => type !== "1");
  return madeUpTar(entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
}

function mergeTars(tars: readonly Uint8Array[]): MergedLayers {
  const layers = tars.flatMap((tar): readonly LayerIndex[] => {
    const read = readPlainLayer("rehearsal", regionOf(tar), defaultLimits, () => undefined);
    return read.ok ? [read.value.index] : [];
  });
  const stacked = stackLayers(layers);
  hashCandidatesOf(stacked);
  return mergeLayers(stacked, finalTreeOf(stacked));
}
