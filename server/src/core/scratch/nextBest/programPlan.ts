import type { BaseVariant } from "../../bases/baseVariants.ts";
import type { CarriedPath, Check } from "../readiness.ts";
import { directoryOf, lastNameOf, plainPath } from "../../image/treePaths.ts";
import { defaultSearchPath } from "../finalStageStart.ts";
import { startCommandOf } from "../startCommand.ts";
import { ownerBelow } from "./carriedFiles.ts";
import { type CompiledProgram, libcOf } from "./programBase.ts";
import { carry } from "../needs.ts";
import { ccLibraries, glibcNames, muslNames } from "./nativeFiles.ts";
import type { NextBest } from "./nextBest.ts";
import {
  type Hindrance,
  type StartPart,
  type StagePlan,
  emptyPlan,
  isHindrance,
} from "./stagePlan.ts";
import { sameStart, startLinesOf } from "./startParts.ts";

/** A compiled program with what it loads, on a base that brings the rest. */
export function programPlan(
  context: NextBest,
  program: CompiledProgram,
  variant: BaseVariant,
): StagePlan | Hindrance {
  const { readiness } = context;
  const blocking = readiness.checks.find(
    ({ state, kind }) => state === "blocks" && !removable.has(kind),
  );
  if (blocking !== undefined) return { reason: blocking.evidence };
  const start = programStart(context, variant);
  if (isHindrance(start)) return start;
  const carried = carriedBy(context, program);
  if (isHindrance(carried)) return carried;
  const wanted = carried.filter((one) => isWanted(program, variant, one));
  return {
    ...emptyPlan,
    baseName: variant.name,
    copies: wanted.map(({ path, isDirectory }) => ({
      from: `/${path}`,
      to: `/${path}`,
      isDirectory,
      owner: ownerBelow(context, path),
    })),
    start,
    caveats: [...unknowns(readiness.checks)],
    takesFromBase: wanted.some(({ why }) => !own.has(why)),
    isExact: readiness.verdict === "ready",
    copiedBytes: wanted.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** What readiness found, which behind a shell speaks of the shell and not of the program. */
function carriedBy(
  { readiness, paths }: NextBest,
  program: CompiledProgram,
): readonly CarriedPath[] | Hindrance {
  const carried = readiness.carried ?? [];
  if (!program.isBehindShell || paths === undefined) return carried;
  if (libcOf(program) !== undefined) {
    return {
      reason:
        "The program is started by a shell, and the libraries it loads are not followed there: write the start line in exec form.",
    };
  }
  const { mentions } = program.facts;
  const isNamed = (why: CarriedPath["why"]): boolean =>
    mentions === undefined || mentions.some((one) => one === why);
  const others = carried.filter(({ why }) => own.has(why) || isNamed(why));
  return [
    carry(paths, program.path, "program"),
    ...others.filter(({ why }) => why !== "program" && why !== "libraries"),
  ];
}

/** What keeps a program from starting on nothing, and not on a base with a shell or a list of users; where it does, the lines themselves tell. */
const removable: ReadonlySet<Check["kind"]> = new Set(["shell", "user"]);

/** The program and its files; libraries, certificates and time zones where the base does not have them. */
function isWanted(
  program: CompiledProgram,
  { traits, name }: BaseVariant,
  { why, path }: CarriedPath,
): boolean {
  if (own.has(why)) return true;
  if (why === "libraries") return !isBrought(lastNameOf(path), name, libcOf(program));
  // Alpine and distroless images bring a CA bundle, Debian's do not; Alpine alone has no time zones.
  return (
    (why === "certificates" && traits.kind === "slim") ||
    (why === "time-zones" && traits.kind === "alpine")
  );
}

/** What is the program's and no system's. */
const own: ReadonlySet<CarriedPath["why"]> = new Set(["program", "asset", "writable-directories"]);

function isBrought(library: string, base: string, libc: "glibc" | "musl" | undefined): boolean {
  if ((libc === "musl" ? muslNames : glibcNames).test(library)) return true;
  if (library === "ld.so.cache") return true;
  const isCc = base.startsWith("gcr.io/distroless/cc");
  const isBase = base.startsWith("gcr.io/distroless/base");
  return (isCc || (isBase && /^lib(?:ssl|crypto)\./.test(library))) && ccLibraries.test(library);
}

function programStart(
  context: NextBest,
  { traits, name }: BaseVariant,
): readonly StartPart[] | Hindrance {
  const { form, words } = startCommandOf(context.input);
  const { entrypoint, cmd } = startLinesOf(context);
  const line = entrypoint ?? cmd;
  const [named = ""] = words;
  const hasShell = traits.shell !== "none";
  if (line === undefined) return { reason: "Only the base image says what is started." };
  if (form === "shell" && !hasShell) {
    return { reason: `The start line needs a shell, and ${name} has none.` };
  }
  const isFound = form === "shell" || isOnSearchPath(context, named);
  const isExec = line.form === "exec" && line.words.every(({ text }, at) => text === words[at]);
  if (isFound && (isExec || hasShell)) return sameStart(context);
  return startFrom(context, isFound ? words : [placeOf(context), ...words.slice(1)], isExec);
}

function placeOf({ readiness }: NextBest): string {
  return `/${readiness.program?.paths[0] ?? ""}`;
}

/** The same lines in exec form with these words; CMD stays behind an ENTRYPOINT that was in exec form already. */
function startFrom(
  context: NextBest,
  words: readonly string[],
  isExec: boolean,
): readonly StartPart[] {
  const { entrypoint, cmd } = startLinesOf(context);
  if (entrypoint === undefined) return [{ keyword: "CMD", instruction: cmd, words }];
  const count = isExec ? entrypoint.words.length : words.length;
  const start: StartPart = {
    keyword: "ENTRYPOINT",
    instruction: entrypoint,
    words: words.slice(0, count),
  };
  return isExec && cmd !== undefined
    ? [start, { keyword: "CMD", instruction: cmd, words: undefined }]
    : [start];
}

/** Whether a name leads to the program where only an engine's own search path holds; a path always does. */
function isOnSearchPath({ readiness }: NextBest, named: string): boolean {
  const place = directoryOf(readiness.program?.paths[0] ?? "");
  return (
    named.includes("/") || defaultSearchPath.split(":").some((one) => plainPath(one) === place)
  );
}

/** What only a build or a run can tell of this very program. */
function* unknowns(checks: readonly Check[]): Generator<string> {
  for (const { state, kind, evidence } of checks) {
    if (state === "unknown" && (kind === "run" || kind === "dynamic-loading")) yield evidence;
  }
}
