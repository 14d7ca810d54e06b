import type { Instruction } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";
import { isAtOrAbove } from "../managers/places.ts";
import { type FileActs, fileActsOf } from "./fileActs.ts";
import { bytesOfKinds, hiddenBytesAt, hiddenPairs } from "./hiddenPairs.ts";
import { isNoticeable } from "./noticeable.ts";
import { removalFixes, removing } from "./removalFixes.ts";
import { isSureRemoval, writtenBefore } from "./writtenBefore.ts";

/** What a RUN leaves at some places, with the bytes where its layer is known. */
export interface Leavings {
  readonly run: Instruction;
  /** As images name them; `*` for a whole name. */
  readonly places: readonly string[];
  readonly bytes: number | undefined;
}

/**
 * A later RUN that deletes all of it, with whether that has a fix: `removed-later` speaks of the same bytes there. Undefined where no single
 * one does.
 */
export function deletedLater(
  context: RuleContext,
  leavings: Leavings,
): { readonly isFixable: boolean } | undefined {
  const acts = fileActsOf(context);
  const writer = acts.findIndex(({ instruction }) => instruction.index === leavings.run.index);
  const hider =
    leavings.bytes === undefined
      ? acts.findIndex((_, at) => at > writer && deletesByText(acts, at, leavings))
      : measuredHider(context, acts, leavings, leavings.bytes);
  if (writer < 0 || hider <= writer) return undefined;
  return { isFixable: removalFixes(context, acts, { writer, hider }).length > 0 };
}

function deletesByText(acts: readonly FileActs[], at: number, { run, places }: Leavings): boolean {
  return (acts[at]?.removals ?? []).some((removal) => {
    const found = isSureRemoval(removal) ? writtenBefore(acts, at, removal) : undefined;
    return (
      found?.writer.index === run.index &&
      places.some((place) => isAtOrAbove(place, found.write.path))
    );
  });
}

function measuredHider(
  context: RuleContext,
  acts: readonly FileActs[],
  { run, places }: Leavings,
  bytes: number,
): number {
  const { read } = context;
  if (read === undefined || !isNoticeable(read, bytes)) return -1;
  const isThere = (path: string): boolean => places.some((place) => isAtOrAbove(place, path));
  const pairs = hiddenPairs(context);
  const pair = pairs.find(
    (one) =>
      one.writer.index === run.index &&
      one.hider.keyword === "RUN" &&
      one.hider.index > run.index &&
      hiddenBytesAt(read, one, removing, isThere) === bytes,
  );
  if (pair === undefined) return -1;
  // Its fix is for the line that loses most.
  const own = bytesOfKinds([pair], removing);
  const isMain = pairs.every(
    (one) =>
      one.hider.index !== pair.hider.index ||
      one.writer.keyword === "FROM" ||
      bytesOfKinds([one], removing) <= own,
  );
  return isMain ? acts.findIndex(({ instruction }) => instruction.index === pair.hider.index) : -1;
}
