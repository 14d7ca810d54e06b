import type { Instruction } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";
import { isAtOrAbove } from "../managers/places.ts";
import { type FileActs, fileActsOf, placeOfLine } from "./fileActs.ts";
import { bytesOfKinds, hiddenBytesAt, hiddenPairs } from "./hiddenPairs.ts";
import { isNoticeable } from "./noticeable.ts";
import { hasRemovalFix, removing } from "./removalFixes.ts";
import { isSureRemoval, writtenBefore } from "./writtenBefore.ts";

/** What a RUN leaves at some places, with the bytes where its layer is known. */
export interface Leavings {
  readonly run: Instruction;
  /** As images name them; `*` for a whole name. */
  readonly places: readonly string[];
  readonly bytes: number | undefined;
}

/**
 * A later RUN that deletes all of it: `removed-later` speaks of the same bytes there, and whether that has a fix is worked out when it is asked for.
 * Undefined where no single one does.
 */
export function deletedLater(
  context: RuleContext,
  leavings: Leavings,
): { isFixable(): boolean } | undefined {
  const acts = fileActsOf(context);
  const hider =
    leavings.bytes === undefined
      ? hiderByText(context, acts, leavings)
      : measuredHider(context, leavings, leavings.bytes);
  if (hider === undefined) return undefined;
  const writer = placeOfLine(context, leavings.run);
  return { isFixable: () => hasRemovalFix(context, acts, { writer, hider }) };
}

function hiderByText(
  context: RuleContext,
  acts: readonly FileActs[],
  { run, places }: Leavings,
): number | undefined {
  const removals = context.recall("sure removals", () => sureRemovals(context, acts));
  return removals
    .get(run.index)
    ?.find(({ path }) => places.some((place) => isAtOrAbove(place, path)))?.at;
}

/** A path that is surely deleted, and the place in the list of acts of what deletes it. */
interface SureRemoval {
  readonly at: number;
  readonly path: string;
}

/** What the text says is deleted for certain, by the instruction that wrote it. */
function sureRemovals(
  context: RuleContext,
  acts: readonly FileActs[],
): ReadonlyMap<number, readonly SureRemoval[]> {
  const byWriter = new Map<number, SureRemoval[]>();
  for (const { place: at, removals } of acts) {
    for (const removal of removals) {
      const found = isSureRemoval(removal) ? writtenBefore(context, acts, at, removal) : undefined;
      if (found === undefined) continue;
      const own = byWriter.get(found.writer.index) ?? [];
      byWriter.set(found.writer.index, own);
      own.push({ at, path: found.write.path });
    }
  }
  return byWriter;
}

function measuredHider(
  context: RuleContext,
  { run, places }: Leavings,
  bytes: number,
): number | undefined {
  const { read } = context;
  if (read === undefined || !isNoticeable(read, bytes)) return undefined;
  const isThere = (path: string): boolean => places.some((place) => isAtOrAbove(place, path));
  const pairs = hiddenPairs(context);
  const pair = pairs.find(
    (one) =>
      one.writer.index === run.index &&
      one.hider.keyword === "RUN" &&
      one.hider.index > run.index &&
      hiddenBytesAt(read, one, removing, isThere) === bytes,
  );
  if (pair === undefined) return undefined;
  // Its fix is for the line that loses most.
  const own = bytesOfKinds([pair], removing);
  const isMain = pairs.every(
    (one) =>
      one.hider.index !== pair.hider.index ||
      one.writer.keyword === "FROM" ||
      bytesOfKinds([one], removing) <= own,
  );
  return isMain ? placeOfLine(context, pair.hider) : undefined;
}
