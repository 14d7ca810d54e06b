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
  const hider =
    leavings.bytes === undefined
      ? hiderByText(context, acts, leavings)
      : measuredHider(context, acts, leavings, leavings.bytes);
  if (hider === undefined) return undefined;
  const writer = acts.findIndex(({ instruction }) => instruction.index === leavings.run.index);
  return { isFixable: removalFixes(context, acts, { writer, hider }).length > 0 };
}

function hiderByText(
  context: RuleContext,
  acts: readonly FileActs[],
  { run, places }: Leavings,
): number | undefined {
  const removals = context.recall("sure removals", () => sureRemovals(acts));
  return removals.find(
    ({ writer, path }) => writer === run.index && places.some((place) => isAtOrAbove(place, path)),
  )?.at;
}

/** What the text says is deleted for certain, with the instruction that wrote it; `at` is a place in the list of acts. */
function sureRemovals(
  acts: readonly FileActs[],
): readonly { readonly at: number; readonly writer: number; readonly path: string }[] {
  return acts.flatMap(({ removals }, at) =>
    removals.filter(isSureRemoval).flatMap((removal) => {
      const found = writtenBefore(acts, at, removal);
      return found ? [{ at, writer: found.writer.index, path: found.write.path }] : [];
    }),
  );
}

function measuredHider(
  context: RuleContext,
  acts: readonly FileActs[],
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
  return isMain
    ? acts.findIndex(({ instruction }) => instruction.index === pair.hider.index)
    : undefined;
}
