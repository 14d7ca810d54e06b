import type { Instruction } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";
import { type FileActs, cleansUp, writeIndexOf } from "./fileActs.ts";
import type { FileRemoval, FileWrite } from "./shellActs.ts";

/** What an earlier line wrote, with that line. */
export interface EarlierWrite {
  readonly writer: Instruction;
  readonly write: FileWrite;
}

/** Whether a removal surely takes away all that it names. */
export function isSureRemoval({ isCertain, command }: FileRemoval): boolean {
  return isCertain && command.name === "rm" && command.depth === 0;
}

/**
 * The last earlier line that writes what a removal names. Undefined where no line does, where that line cleans up itself, where a line between
 * has deleted it before, and where the removing line has written it anew. Several rules ask; it is found once.
 */
export function writtenBefore(
  context: RuleContext,
  acts: readonly FileActs[],
  hider: number,
  removal: FileRemoval,
): EarlierWrite | undefined {
  const known = context.recall(
    "writers of removals",
    () => new Map<FileRemoval, EarlierWrite | undefined>(),
  );
  if (!known.has(removal)) known.set(removal, findWriter(context, acts, hider, removal));
  return known.get(removal);
}

function findWriter(
  context: RuleContext,
  acts: readonly FileActs[],
  hider: number,
  { pattern, command }: FileRemoval,
): EarlierWrite | undefined {
  const own = acts[hider]?.writes ?? [];
  const isOwn = own.some(
    ({ path, span }) => pattern.matches(path) && span.start < command.span.start,
  );
  if (isOwn) return undefined;
  const found = writeIndexOf(context).lastBefore(hider, pattern);
  const earlier = found && acts[found.at];
  if (found === undefined || earlier === undefined) return undefined;
  const removed = removalPlaces(context, acts).get(pattern.text) ?? [];
  const isGone = removed.some((at) => found.at < at && at < hider);
  if (isGone || cleansUp(earlier, found.write)) return undefined;
  return { writer: earlier.instruction, write: found.write };
}

/** Places of the lines that remove something, by how its path is written; ascending. */
function removalPlaces(
  context: RuleContext,
  acts: readonly FileActs[],
): ReadonlyMap<string, readonly number[]> {
  return context.recall("removals by text", () => {
    const found = new Map<string, number[]>();
    for (const { place, removals } of acts) {
      for (const { pattern } of removals) {
        const places = found.get(pattern.text);
        if (places === undefined) found.set(pattern.text, [place]);
        else places.push(place);
      }
    }
    return found;
  });
}
