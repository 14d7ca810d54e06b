import { type EntryArena, type TakeEntries, createEntryArena } from "../core/image/entryArena.ts";
import { exportsOf, hashMemory } from "./hashMemory.ts";
import { ordinaryEntriesBytes } from "./ordinaryEntriesBytes.ts";

/** The arena of a thread. */
interface Lending {
  /** Undefined where the processor cannot run what works in it. */
  readonly arena: EntryArena | undefined;
  isLent: boolean;
}

let own: Lending | undefined;

/** The arena of this thread, to be given back; undefined while another layer has it, or where there is none. */
export function borrowArena(): EntryArena | undefined {
  own ??= { arena: openArena(), isLent: false };
  if (own.isLent) return undefined;
  own.isLent = true;
  return own.arena;
}

/** Gives back what was borrowed; nothing that lies there may be used any more. */
export function returnArena(arena: EntryArena | undefined): void {
  if (arena !== undefined && own !== undefined) own.isLent = false;
}

function openArena(): EntryArena | undefined {
  const { memory, xxhash, arenaAt } = hashMemory();
  const { xxh64 } = xxhash;
  const exports = exportsOf(ordinaryEntriesBytes, { env: { memory }, ordinaryEntries: { xxh64 } });
  if (exports === undefined) return undefined;
  const { takeEntries } = exports as { readonly takeEntries: TakeEntries };
  return createEntryArena(memory.buffer, arenaAt, takeEntries);
}
