import { type LayerBuilder, addEntry, nodeCountOf } from "../core/image/layerBuilder.ts";
import type { LayerEntry } from "../core/image/layerEntry.ts";
import type { TarRefusal } from "../core/image/tarParser.ts";
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
  if (nodeCountOf(builder) <= limits.entries) return handle;
  return { kind: "limit", limit: `${limits.entries} entries` };
}
