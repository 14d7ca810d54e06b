import type { Instruction } from "../dockerfile/syntax.ts";
import type { TreePaths } from "../image/treePaths.ts";
import { copiedPaths } from "./assets.ts";
import type { CarriedPath, Check, Readiness } from "./readiness.ts";
import type { ScratchInput } from "./scratchInput.ts";

/** One choice of what goes along. */
export interface Variant {
  /** What goes along beside what is needed: `time zones`; empty for the smallest. */
  readonly extras: readonly string[];
  readonly carried: readonly CarriedPath[];
  /** What is not proven then. */
  readonly caveats: readonly string[];
}

/**
 * What can go along, smallest first: what is needed, that with what may be needed of CA bundle and time zones, and all that with the copied files of
 * which nothing tells whether the program reads them. `libraries`: whether the program is to have its shared libraries.
 */
export function variantsOf(
  input: ScratchInput,
  readiness: Readiness,
  paths: TreePaths,
  libraries: "carried" | "none",
): readonly Variant[] {
  const checks = readiness.checks.filter(
    ({ kind }) => libraries === "carried" || !loadingKinds.has(kind),
  );
  const open = checks.filter(({ state }) => state === "unknown");
  const carried = (readiness.carried ?? []).filter(
    ({ why }) => libraries === "carried" || why !== "libraries",
  );
  const optional = new Set(open.map(({ kind }) => kind).filter((kind) => kind in optionalNames));
  const isOptional = ({ why }: CarriedPath): boolean => why !== "asset" && optional.has(why);
  const isTmpWanted = checks.some(
    ({ kind, state }) => kind === "temporary-files" && state !== "ok",
  );
  const needed = [
    ...carried.filter((one) => !isOptional(one)),
    ...(isTmpWanted ? [temporary] : []),
  ];
  const always = open
    .filter(
      ({ kind, title }) =>
        kind !== "temporary-files" && !(kind in optionalNames) && title !== copied,
    )
    .map(({ evidence }) => evidence);
  const sources = open.filter(({ title }) => title === copied);
  const sourceCaveats = sources.slice(0, 1).map(({ evidence }) => evidence);
  const names = [...optional].map((kind) => optionalNames[kind] ?? "");
  const left = names.map(
    (name) => `Whether the program reads the ${name} cannot be seen: it is left out.`,
  );
  const smallest = { extras: [], carried: needed, caveats: [...always, ...sourceCaveats, ...left] };
  const all = [...needed, ...carried.filter(isOptional)];
  const more = { extras: names, carried: all, caveats: [...always, ...sourceCaveats] };
  const files = onceEach([...all, ...sources.flatMap((check) => sourcePaths(input, paths, check))]);
  const isShort = files.length - all.length <= mostPaths;
  const most = {
    extras: [...names, "the copied files"],
    carried: files,
    caveats: always,
  };
  return [
    smallest,
    ...(names.length > 0 ? [more] : []),
    ...(sources.length > 0 && isShort && files.length > all.length ? [most] : []),
  ];
}

/** Questions that a program without shared libraries does not ask. */
const loadingKinds: ReadonlySet<Check["kind"]> = new Set([
  "libraries",
  "dynamic-loading",
  "name-service",
]);

const optionalNames: Readonly<Partial<Record<string, string>>> = {
  certificates: "CA bundle",
  "time-zones": "time zones",
};

/** Title of the check about COPY and ADD. */
const copied = "Copied files";

/** A COPY of more single files than this is better copied again from the build context. */
const mostPaths = 200;

const temporary: CarriedPath = { path: "tmp", isDirectory: true, bytes: 0, why: "temporary-files" };

function sourcePaths(
  input: ScratchInput,
  paths: TreePaths,
  { span }: Check,
): readonly CarriedPath[] {
  const instruction: Instruction | undefined = input.dockerfile.instructions.find(
    ({ keywordSpan }) => keywordSpan.start === span?.start,
  );
  return instruction === undefined ? [] : copiedPaths(input, paths, instruction);
}

function onceEach(carried: readonly CarriedPath[]): readonly CarriedPath[] {
  const byPath = new Map(carried.map((one) => [one.path, one]));
  const isInside = ({ path }: CarriedPath): boolean =>
    carried.some((one) => one.isDirectory && path.startsWith(`${one.path}/`));
  return [...byPath.values()].filter((one) => !isInside(one));
}
