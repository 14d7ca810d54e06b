import { isWithin, layerWord } from "./entryArena.ts";
import type { LayerBuilder } from "./layerBuilder.ts";

/** A piece of a tar in memory. */
export interface TarPiece {
  readonly memory: Uint8Array;
  /** Where in the tar its first byte and the one behind its last are. */
  readonly start: number;
  readonly end: number;
}

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
  const { arena, columns } = builder;
  if (arena === undefined || memory.buffer !== arena.memory) return position;
  if (builder.prefix !== arena.prefix || !isWithin(arena, columns)) return position;
  const { words, contentBytes } = arena;
  const { names, linkTexts } = columns;
  words[layerWord.count] = columns.count;
  words[layerWord.nameBytes] = names.length;
  words[layerWord.linkCount] = columns.linkCount;
  words[layerWord.linkBytes] = linkTexts.length;
  words[layerWord.prefixLength] = builder.prefixLength;
  words[layerWord.prefixNode] = builder.parent;
  contentBytes[0] = builder.contentBytes;
  const origin = start - memory.byteOffset;
  const next = arena.takeEntries(
    words.byteOffset,
    position - origin,
    end - origin,
    origin,
    hashedBytes,
  );
  columns.count = words[layerWord.count] ?? 0;
  names.length = words[layerWord.nameBytes] ?? 0;
  columns.linkCount = words[layerWord.linkCount] ?? 0;
  linkTexts.length = words[layerWord.linkBytes] ?? 0;
  builder.prefixLength = words[layerWord.prefixLength] ?? -1;
  builder.parent = words[layerWord.prefixNode] ?? 0;
  builder.contentBytes = contentBytes[0];
  return next;
}
