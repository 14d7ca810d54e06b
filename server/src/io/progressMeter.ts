import type { ReadProgress } from "./imageSource.ts";

/** Adds up how far several parts have come, and tells it at most ten times a second. */
export interface ProgressMeter<Part> {
  /** A part has passed so many bytes. */
  note(part: Part, bytes: number): void;
  /** A part of so many bytes is done, and so many layers with it. */
  finish(part: Part, bytes: number, layers: number): void;
}

/** A meter at nothing. */
export function createProgressMeter<Part>(
  tell: (progress: ReadProgress) => void,
  start: Omit<ReadProgress, "bytesRead">,
): ProgressMeter<Part> {
  const passed = new Map<Part, number>();
  let { layersDone } = start;
  let toldMs = -Infinity;
  const note = (part: Part, bytes: number): void => {
    passed.set(part, bytes);
    const nowMs = performance.now();
    if (nowMs - toldMs < 100) return;
    toldMs = nowMs;
    const bytesRead = [...passed.values()].reduce((sum, one) => sum + one, 0);
    tell({ ...start, layersDone, bytesRead });
  };
  return {
    note,
    finish(part, bytes, layers) {
      layersDone += layers;
      note(part, bytes);
    },
  };
}
