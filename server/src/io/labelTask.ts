import { labelElf } from "../core/image/elfLabels.ts";
import { elfMapOf } from "../core/image/elfMap.ts";
import type { SayFromThread, TaskOf } from "./layerTasks.ts";

/** Labels a binary. Only what can be drawn leaves the thread: object files have a hundred thousand sections. */
export function answerLabel({ bytes, limit }: TaskOf<"label">, say: SayFromThread): void {
  const labels = labelElf(
    (offset, length) => bytes.subarray(offset, offset + length),
    bytes.length,
  );
  say({ kind: "labelled", map: labels && elfMapOf(labels, limit) });
  say({ kind: "idle" });
}
