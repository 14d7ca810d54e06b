import type { LayerBuilder } from "../core/image/layerBuilder.ts";
import type { LayerEntry } from "../core/image/layerEntry.ts";
import type { TarRefusal } from "../core/image/tarParser.ts";
import type { Limits } from "./limits.ts";

/** Adds entries to a layer and holds them against the ceilings. */
export interface BoundedBuilder {
  /** As `LayerBuilder.add`. */
  add(entry: LayerEntry): number | TarRefusal;
}

/** A builder that refuses more than the limits allow. */
export function boundBuilder(builder: LayerBuilder, limits: Limits): BoundedBuilder {
  let contentBytes = 0;
  return {
    add(entry) {
      contentBytes += entry.contentBytes;
      if (contentBytes > limits.contentBytes) {
        return { kind: "limit", limit: `${limits.contentBytes} content bytes` };
      }
      const handle = builder.add(entry);
      if (typeof handle !== "number") return { kind: "malformed", reason: handle.reason };
      if (builder.nodeCount() <= limits.entries) return handle;
      return { kind: "limit", limit: `${limits.entries} entries` };
    },
  };
}
