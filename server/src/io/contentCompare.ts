import { type DiffId, shortDigest } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { unreadable } from "./layerErrors.ts";
import type { TaskOf } from "./layerTasks.ts";
import { type RegionFile, withRegion } from "./regionReader.ts";

const portionBytes = 256 * 1024;

/** Which of the pairs have the same content, 1 for those, in their order. Read only as far as they agree. Blocks. */
export function compareContents({
  one,
  other,
  oneOffset,
  otherOffset,
  bytes,
}: Omit<TaskOf<"compare">, "kind">): Result<Uint8Array, ImageError> {
  const isSame = new Uint8Array(bytes.length);
  const memory = [new Uint8Array(portionBytes), new Uint8Array(portionBytes)] as const;
  return withRegion(shortDigest(one.diffId), one, (file) =>
    withRegion(shortDigest(other.diffId), other, (otherFile) => {
      for (let at = 0; at < bytes.length; at += 1) {
        const pair = {
          one: { file, position: oneOffset[at] ?? 0 },
          other: { file: otherFile, position: otherOffset[at] ?? 0 },
        };
        const outcome = comparePair(pair, bytes[at] ?? 0, memory);
        if (outcome === "one cut off") return cutOff(one.diffId);
        if (outcome === "other cut off") return cutOff(other.diffId);
        isSame[at] = outcome === "same" ? 1 : 0;
      }
      return succeed(isSame);
    }),
  );
}

function cutOff(diffId: DiffId): Result<never, ImageError> {
  return fail(unreadable(shortDigest(diffId), "its file is cut off"));
}

interface Place {
  readonly file: RegionFile;
  readonly position: number;
}

function comparePair(
  { one, other }: { readonly one: Place; readonly other: Place },
  length: number,
  [memory, otherMemory]: readonly [Uint8Array, Uint8Array],
): "same" | "different" | "one cut off" | "other cut off" {
  for (let at = 0; at < length;) {
    const wanted = Math.min(portionBytes, length - at);
    const count = one.file.read(memory, 0, wanted, one.position + at);
    if (count <= 0) return "one cut off";
    const otherCount = other.file.read(otherMemory, 0, count, other.position + at);
    if (otherCount <= 0) return "other cut off";
    const both = Math.min(count, otherCount);
    if (Buffer.compare(memory.subarray(0, both), otherMemory.subarray(0, both)) !== 0) {
      return "different";
    }
    at += both;
  }
  return "same";
}
