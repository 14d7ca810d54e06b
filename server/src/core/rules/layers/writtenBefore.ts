import type { Instruction } from "../../dockerfile/syntax.ts";
import { type FileActs, cleansUp } from "./fileActs.ts";
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
 * has deleted it before, and where the removing line has written it anew.
 */
export function writtenBefore(
  acts: readonly FileActs[],
  hider: number,
  { pattern, command }: FileRemoval,
): EarlierWrite | undefined {
  const own = acts[hider]?.writes ?? [];
  const isOwn = own.some(
    ({ path, span }) => pattern.matches(path) && span.start < command.span.start,
  );
  if (isOwn) return undefined;
  for (let at = hider - 1; at >= 0; at -= 1) {
    const earlier = acts[at];
    if (earlier === undefined) continue;
    const write = earlier.writes.find(({ path }) => pattern.matches(path));
    if (write !== undefined) {
      return cleansUp(earlier, write) ? undefined : { writer: earlier.instruction, write };
    }
    if (earlier.removals.some((removal) => removal.pattern.text === pattern.text)) return undefined;
  }
  return undefined;
}
