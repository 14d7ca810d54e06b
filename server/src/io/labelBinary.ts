import type { ElfMap } from "../core/image/elfMap.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { succeed, type Result } from "../core/result.ts";
import { openLayerPool } from "./layerPool.ts";
import { askThread } from "./threadAnswer.ts";
import { ownMemory } from "./transfer.ts";

/** How a binary is labelled. */
export interface LabelOptions {
  /** Nodes of the map, about. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/**
 * What the bytes of an ELF file are for; undefined for what is none. The bytes move to a thread, which ends when it is done or the signal is aborted:
 * a program of 100 MB takes it a second or more.
 */
export async function labelBinary(
  bytes: Uint8Array,
  { limit, signal }: LabelOptions,
): Promise<Result<ElfMap | undefined, ImageError>> {
  const pool = openLayerPool(1);
  try {
    const task = { kind: "label", bytes: ownMemory(bytes), limit } as const;
    return await askThread({ pool, signal, where: "Looking into a binary" }, task, (message) =>
      message.kind === "labelled" ? succeed(message.map) : undefined,
    );
  } finally {
    pool.end();
  }
}
