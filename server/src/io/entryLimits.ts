import type { ImageError } from "../core/image/imageError.ts";
import { type LayerBuilder, addEntry, entryCountOf } from "../core/image/layerBuilder.ts";
import type { LayerEntry } from "../core/image/layerEntry.ts";
import {
  type TarPiece,
  ordinaryPathBytes,
  takeOrdinaryEntries,
} from "../core/image/ordinaryEntries.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import type { TarRefusal } from "../core/image/tarParser.ts";
import { tarError } from "./layerErrors.ts";
import type { Limits } from "./limits.ts";

/** What is said of a layer of more uncompressed bytes than the limits allow. */
export function bytesRefusal(tarBytes: number, limits: Limits): TarRefusal | undefined {
  if (tarBytes <= limits.tarBytes) return undefined;
  return { kind: "limit", limit: `${limits.tarBytes} uncompressed bytes` };
}

/** As `addEntry`, and refuses more than the limits allow. */
export function addWithin(
  limits: Limits,
  builder: LayerBuilder,
  entry: LayerEntry,
): number | TarRefusal {
  const handle = addEntry(builder, entry);
  if (typeof handle !== "number") return { kind: "malformed", reason: handle.reason };
  return builderRefusal(builder, limits) ?? handle;
}

/** As `takeOrdinaryEntries`, and refuses more than the limits allow; takes nothing where they do not allow all that it may meet. */
export function takeWithin(
  limits: Limits,
  builder: LayerBuilder,
  piece: TarPiece,
  position: number,
  hashedBytes: number,
): number | TarRefusal {
  if (limits.pathBytes < ordinaryPathBytes || limits.extensionBytes < piece.memory.length) {
    return position;
  }
  const next = takeOrdinaryEntries(builder, piece, position, hashedBytes);
  return builderRefusal(builder, limits) ?? next;
}

function builderRefusal(builder: LayerBuilder, limits: Limits): TarRefusal | undefined {
  if (builder.contentBytes > limits.contentBytes) {
    return { kind: "limit", limit: `${limits.contentBytes} content bytes` };
  }
  return entriesRefusal(entryCountOf(builder), limits);
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
