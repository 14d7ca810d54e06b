import type { RuleContext } from "../context.ts";
import type { Fix, Saving } from "../rule.ts";
import type { FileActs } from "./fileActs.ts";
import { hiddenBytesAt, hiddenPairs } from "./hiddenPairs.ts";
import { joinFix } from "./joinFix.ts";
import { movableStart, moveUp } from "./moveFix.ts";
import type { PathPattern } from "./imagePath.ts";

/** What hides files for good when it happens in the layer that wrote them. */
export const removing = ["deleted", "opaque", "replaced"] as const;

/** A RUN and an earlier line of which it deletes files, as places in the list of acts. */
export interface RemovalPlaces {
  readonly writer: number;
  readonly hider: number;
}

/** Deletes in the RUN that wrote, or makes one RUN of both; empty where neither keeps the meaning. */
export function removalFixes(
  context: RuleContext,
  acts: readonly FileActs[],
  places: RemovalPlaces,
): readonly Fix[] {
  const [from, to] = [acts[places.hider], acts[places.writer]];
  if (from === undefined || to === undefined || to.instruction.keyword !== "RUN") return [];
  const moved = moveRemoval(context, acts, places);
  const joint = joinFix(context, to.instruction, from.instruction);
  return [moved, joint].filter((fix) => fix !== undefined);
}

function moveRemoval(
  context: RuleContext,
  acts: readonly FileActs[],
  { writer, hider }: RemovalPlaces,
): Fix | undefined {
  const [from, to] = [acts[hider], acts[writer]];
  if (from === undefined || to === undefined) return undefined;
  const start = movableStart(context, from, new Set(["rm"]));
  if (start === undefined || hasOtherWriter(context, acts, { writer, hider }, start.patterns)) {
    return undefined;
  }
  const between = acts.slice(writer + 1, hider);
  const edits = moveUp(context, between, from, to, start);
  if (edits === undefined) return undefined;
  const saving = movedSaving(context, from, to, start.patterns);
  return {
    title: "Delete in the RUN that wrote it",
    kind: "quickfix",
    isSafe: true,
    edits,
    saving,
  };
}

/** Whether a line behind the writer brings what the commands take away: then they have to stay where they are. */
function hasOtherWriter(
  context: RuleContext,
  acts: readonly FileActs[],
  { writer, hider }: RemovalPlaces,
  patterns: readonly PathPattern[],
): boolean {
  const { read } = context;
  const isWanted = (path: string): boolean => patterns.some((pattern) => pattern.matches(path));
  const others = acts.slice(writer + 1, hider);
  if (others.some(({ writes }) => writes.some(({ path }) => isWanted(path)))) return true;
  const hiderIndex = acts[hider]?.instruction.index;
  const between = new Set(others.map(({ instruction }) => instruction.index));
  return hiddenPairs(context).some(
    (pair) =>
      pair.hider.index === hiderIndex &&
      between.has(pair.writer.index) &&
      read !== undefined &&
      hiddenBytesAt(read, pair, removing, isWanted) > 0,
  );
}

/** All that the hider takes of the writer's layer at these paths. */
function movedSaving(
  context: RuleContext,
  from: FileActs,
  to: FileActs,
  patterns: readonly PathPattern[],
): Saving | undefined {
  const { read } = context;
  const isMeasured = [from, to].every(
    ({ instruction }) => context.measuredLayers(instruction) !== undefined,
  );
  if (read === undefined || !isMeasured) return undefined;
  const bytes = hiddenPairs(context)
    .filter(
      ({ writer, hider }) =>
        writer.index === to.instruction.index && hider.index === from.instruction.index,
    )
    .reduce(
      (sum, pair) =>
        sum +
        hiddenBytesAt(read, pair, removing, (path) =>
          patterns.some((pattern) => pattern.matches(path)),
        ),
      0,
    );
  return { bytes, basis: "measured" };
}
