import type { ImageError } from "../core/image/imageError.ts";
import { type LayerBuilder, addEntry, entryCountOf } from "../core/image/layerBuilder.ts";
import type { LayerEntry } from "../core/image/layerEntry.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import type { TarRefusal } from "../core/image/tarParser.ts";
import { tarError } from "./layerErrors.ts";
import type { Limits } from "./limits.ts";

/** Adds entries to a layer and holds them against the ceilings. */
export interface BoundedBuilder {
  readonly builder: LayerBuilder;
  readonly limits: Limits;
  /** Of all entries so far. */
  contentBytes: number;
}

/** A builder that refuses more than the limits allow. */
export function boundBuilder(builder: LayerBuilder, limits: Limits): BoundedBuilder {
  return { builder, limits, contentBytes: 0 };
}

/** What is said of a layer of more uncompressed bytes than the limits allow. */
export function bytesRefusal(tarBytes: number, limits: Limits): TarRefusal | undefined {
  if (tarBytes <= limits.tarBytes) return undefined;
  return { kind: "limit", limit: `${limits.tarBytes} uncompressed bytes` };
}

/** As `addEntry`. */
export function addBounded(bounded: BoundedBuilder, entry: LayerEntry): number | TarRefusal {
  const { builder, limits } = bounded;
  bounded.contentBytes += entry.contentBytes;
  if (bounded.contentBytes > limits.contentBytes) {
    return { kind: "limit", limit: `${limits.contentBytes} content bytes` };
  }
  const handle = addEntry(builder, entry);
  if (typeof handle !== "number") return { kind: "malformed", reason: handle.reason };
  return entriesRefusal(entryCountOf(builder), limits) ?? handle;
}

/**
 * Why a layer that was read under other limits is refused under these; undefined where it is not. Only what users set is looked at: the other
 * ceilings are those that it was read under.
 */
export function refusalNow(
  name: string,
  { entryCount, tarBytes }: Pick<LayerIndex, "entryCount" | "tarBytes">,
  limits: Limits,
): ImageError | undefined {
  const refusal = entriesRefusal(entryCount, limits) ?? bytesRefusal(tarBytes, limits);
  return refusal === undefined ? undefined : tarError(name, refusal);
}

function entriesRefusal(entryCount: number, limits: Limits): TarRefusal | undefined {
  if (entryCount <= limits.entries) return undefined;
  return { kind: "limit", limit: `${limits.entries} entries` };
}
