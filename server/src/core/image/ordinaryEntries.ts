import { heedColumns, layerWord, tellColumns } from "./entryArena.ts";
import type { LayerBuilder } from "./layerBuilder.ts";

/** A piece of a tar in memory. */
export interface TarPiece {
  readonly memory: Uint8Array;
  /** Where in the tar its first byte and the one behind its last are. */
  readonly start: number;
  readonly end: number;
}

/** No path is longer of entries that are taken. */
export const ordinaryPathBytes = 4096;

/**
 * Takes entries from `position` of the tar on, where a header begins, as long as they are ordinary and in the piece; so must be contents of up to `hashedBytes`, which
 * are hashed. Returns where the next header is expected: `position` where nothing was taken, which is so always where the builder or the piece have no part in an arena.
 */
export function takeOrdinaryEntries(
  builder: LayerBuilder,
  { memory, start, end }: TarPiece,
  position: number,
  hashedBytes: number,
): number {
  const { arena, columns, whiteouts } = builder;
  if (arena === undefined || memory.buffer !== arena.memory) return position;
  const { entries, contentBytes } = arena;
  const { words } = entries;
  if (builder.prefix !== entries.prefix) return position;
  tellColumns(entries, columns);
  tellColumns(arena.whiteouts, whiteouts);
  words[layerWord.prefixLength] = builder.prefixLength;
  words[layerWord.prefixNode] = builder.parent;
  contentBytes[0] = builder.contentBytes;
  const origin = start - memory.byteOffset;
  const next = arena.takeEntries(
    contentBytes.byteOffset,
    position - origin,
    end - origin,
    origin,
    hashedBytes,
  );
  heedColumns(entries, columns);
  heedColumns(arena.whiteouts, whiteouts);
  builder.prefixLength = words[layerWord.prefixLength] ?? -1;
  builder.parent = words[layerWord.prefixNode] ?? 0;
  builder.contentBytes = contentBytes[0];
  return next;
}
