import type { Variables } from "../../dockerfile/expand.ts";
import type { ShellScript } from "../../dockerfile/shellScript.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import { pathOf } from "../../image/fileTree.ts";
import type { RuleContext } from "../context.ts";
import { bytesWithout, subtreesAt } from "../measure.ts";
import type { FileCalls } from "./fileCalls.ts";
import { isMounted } from "./mounts.ts";
import type { PackageCache } from "./packageCache.ts";
import { type Homes, homesAt, inHomes } from "./places.ts";
import { type PossibleRemoval, mayRemove, possibleRemovals } from "./removal.ts";
import type { ToolCall } from "./toolCall.ts";
import { variablesOf } from "./variables.ts";

/** A RUN seen with one cache in mind. */
export interface CacheSite {
  readonly run: Instruction;
  readonly script: ShellScript | undefined;
  readonly homes: Homes;
  /** At the call that fills it first, else at the RUN. */
  readonly variables: Variables;
  /** Where the cache may lie, as images name paths. */
  readonly places: readonly string[];
  /** Calls that fill it, in text order, whatever comes behind them. */
  readonly fillers: readonly ToolCall[];
  /** Whether files of the fillers stay, as far as the text says: in no mount, and nothing behind them deletes the files. */
  readonly isLeft: boolean;
  /** Undefined where the layer is not known. */
  readonly kept: KeptFiles | undefined;
}

/** What a layer has of a cache. */
export interface KeptFiles {
  readonly bytes: number;
  /** The topmost places of these files, in path order, without a leading slash. */
  readonly paths: readonly string[];
}

/** What the text says of RUNs and a cache, and what their layers have of it; each is looked at once. */
export function createCacheSites(
  context: RuleContext,
  cache: PackageCache,
  calls: FileCalls,
): (run: Instruction) => CacheSite {
  const known = new Map<number, CacheSite>();
  const placesIn = createPlaces(cache);
  return (run) => {
    const site = known.get(run.index) ?? cacheSiteAt(context, { cache, calls, placesIn }, run);
    known.set(run.index, site);
    return site;
  };
}

type PlacesIn = (variables: Variables, homes: Homes) => readonly string[];

/** Where the cache may lie; worked out once for RUNs that share variables and homes. */
function createPlaces(cache: PackageCache): PlacesIn {
  let last:
    | {
        readonly variables: Variables;
        readonly homes: Homes;
        readonly places: readonly string[];
      }
    | undefined;
  return (variables, homes) => {
    if (last?.variables !== variables || last.homes !== homes) {
      last = { variables, homes, places: inHomes(cache.folders(variables), homes.all) };
    }
    return last.places;
  };
}

interface CacheFile {
  readonly cache: PackageCache;
  readonly calls: FileCalls;
  readonly placesIn: PlacesIn;
}

function cacheSiteAt(
  context: RuleContext,
  { cache, calls, placesIn }: CacheFile,
  run: Instruction,
): CacheSite {
  const homes = homesAt(context, run);
  const script = context.shellOf(run);
  const own = script === undefined ? [] : calls.of(run);
  let fillers: ToolCall[] = [];
  let variables: Variables | undefined;
  for (const call of own) {
    const seen = script === undefined ? noVariables : variablesOf(context, run, script, call);
    if (!cache.isFilledBy(call, seen)) continue;
    if (fillers.length === 0) fillers = [call];
    else fillers.push(call);
    variables ??= seen;
  }
  variables ??= context.environmentAt(run);
  const site = { run, script, homes, variables, places: placesIn(variables, homes), fillers };
  return {
    ...site,
    isLeft:
      fillers.length > 0 &&
      !isMounted(run, site.places, homes.all) &&
      !isEmptiedBy(cache, own, fillers) &&
      !isRemoved(context, site),
    kept: keptIn(context, run, site.places),
  };
}

const noVariables: Variables = new Map();

function isEmptiedBy(
  cache: PackageCache,
  calls: readonly ToolCall[],
  fillers: readonly ToolCall[],
): boolean {
  const last = fillers.at(-1)?.place ?? -1;
  return calls.some((call) => call.place > last && cache.isEmptiedBy(call));
}

/** Whether something behind the fillers may remove their files; what a trap runs comes last, wherever it stands. */
function isRemoved(
  context: RuleContext,
  {
    run,
    script,
    homes,
    variables,
    places,
    fillers,
  }: Pick<CacheSite, "run" | "script" | "homes" | "variables" | "places" | "fillers">,
): boolean {
  const last = fillers.at(-1)?.place ?? -1;
  return removalsIn(context, run, script).some(
    (removal) =>
      (removal.place > last || removal.command.name === "trap") &&
      mayRemove(removal, places, variables, homes.all),
  );
}

/** Looked for once for all caches. */
function removalsIn(
  context: RuleContext,
  { index }: Instruction,
  script: ShellScript | undefined,
): readonly PossibleRemoval[] {
  if (script === undefined) return [];
  const byRun = context.recall(
    "possible removals",
    () => new Map<number, readonly PossibleRemoval[]>(),
  );
  const removals = byRun.get(index) ?? possibleRemovals(script);
  byRun.set(index, removals);
  return removals;
}

function keptIn(
  context: RuleContext,
  run: Instruction,
  places: readonly string[],
): KeptFiles | undefined {
  const { read, memory } = context;
  const layers = context.measuredLayers(run);
  if (read === undefined || layers === undefined) return undefined;
  const parts = layers.map((layer) =>
    memory.recall(read, `layer ${layer} at ${places.join(":")}`, (): KeptFiles => {
      const tree = read.layers[layer]?.tree;
      const roots = tree === undefined ? [] : subtreesAt(tree, places);
      if (tree === undefined || roots.length === 0) return { bytes: 0, paths: [] };
      const heavy = roots.filter((node) => (tree.subtreeBytes[node] ?? 0) > 0);
      return {
        bytes: bytesWithout(tree, roots),
        paths: heavy.map((node) => pathOf(tree, node)),
      };
    }),
  );
  return {
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    paths: [...new Set(parts.flatMap(({ paths }) => paths))],
  };
}
