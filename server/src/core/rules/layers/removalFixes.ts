import type { WasteKind } from "../../image/image.ts";
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

/** What a later RUN does to files, to be done in the RUN that wrote them. */
export interface LateWork {
  /** Programs that do it. */
  readonly names: ReadonlySet<string>;
  /** How its waste is named. */
  readonly kinds: readonly WasteKind[];
  /** Of the fix that moves it. */
  readonly title: string;
}

const deleting: LateWork = {
  names: new Set(["rm"]),
  kinds: removing,
  title: "Delete in the RUN that wrote it",
};

/** Deletes in the RUN that wrote, or makes one RUN of both; empty where neither keeps the meaning. Other late work likewise. Found once for each version of the text. */
export function removalFixes(
  context: RuleContext,
  acts: readonly FileActs[],
  places: RemovalPlaces,
  work: LateWork = deleting,
): readonly Fix[] {
  const known = context.recall("removal fixes", () => new Map<string, readonly Fix[]>());
  const key = `${places.writer} ${places.hider} ${work.title}`;
  const fixes = known.get(key) ?? findFixes(context, acts, places, work);
  known.set(key, fixes);
  return fixes;
}

/** Whether `removalFixes` has any for what is deleted: costs only the first. */
export function hasRemovalFix(
  context: RuleContext,
  acts: readonly FileActs[],
  places: RemovalPlaces,
): boolean {
  return (
    writesInRun(acts, places) &&
    (moveWork(context, acts, places, deleting) ?? joinWork(context, acts, places)) !== undefined
  );
}

function findFixes(
  context: RuleContext,
  acts: readonly FileActs[],
  places: RemovalPlaces,
  work: LateWork,
): readonly Fix[] {
  if (!writesInRun(acts, places)) return [];
  const fixes = [moveWork(context, acts, places, work), joinWork(context, acts, places)];
  return fixes.filter((fix) => fix !== undefined);
}

function writesInRun(acts: readonly FileActs[], { writer }: RemovalPlaces): boolean {
  return acts[writer]?.instruction.keyword === "RUN";
}

function joinWork(
  context: RuleContext,
  acts: readonly FileActs[],
  { writer, hider }: RemovalPlaces,
): Fix | undefined {
  const [from, to] = [acts[hider], acts[writer]];
  return from && to && joinFix(context, to.instruction, from.instruction);
}

function moveWork(
  context: RuleContext,
  acts: readonly FileActs[],
  { writer, hider }: RemovalPlaces,
  { names, kinds, title }: LateWork,
): Fix | undefined {
  const [from, to] = [acts[hider], acts[writer]];
  if (from === undefined || to === undefined) return undefined;
  const between = acts.slice(writer + 1, hider);
  // Nothing moves up past another RUN.
  if (between.some(({ instruction }) => instruction.keyword === "RUN")) return undefined;
  const start = movableStart(context, from, names);
  if (
    start === undefined ||
    hasOtherWriter(context, acts, { writer, hider }, start.patterns, kinds)
  ) {
    return undefined;
  }
  const edits = moveUp(context, between, from, to, start);
  if (edits === undefined) return undefined;
  const saving = movedSaving(context, from, to, start.patterns, kinds);
  return {
    title,
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
  kinds: readonly WasteKind[],
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
      hiddenBytesAt(read, pair, kinds, isWanted) > 0,
  );
}

/** All that the hider takes of the writer's layer at these paths. */
function movedSaving(
  context: RuleContext,
  from: FileActs,
  to: FileActs,
  patterns: readonly PathPattern[],
  kinds: readonly WasteKind[],
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
        hiddenBytesAt(read, pair, kinds, (path) =>
          patterns.some((pattern) => pattern.matches(path)),
        ),
      0,
    );
  return { bytes, basis: "measured" };
}
