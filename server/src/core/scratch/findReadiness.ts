import type { Instruction } from "../dockerfile/syntax.ts";
import { type LibraryClosure, libraryClosureOf, muslPathFileOf } from "../image/libraryClosure.ts";
import { linkPath } from "../image/linkPath.ts";
import { interpretedLanguageOf, isStarter } from "../image/programNames.ts";
import { type TreePaths, pathsOf } from "../image/treePaths.ts";
import { findAssets } from "./assets.ts";
import { healthCheck, signals, writableDirectories } from "./containerNeeds.ts";
import { type Need, type NeedContext, carry, isFile } from "./needs.ts";
import { findProgram } from "./program.ts";
import type { CarriedPath, Check, Program, Readiness } from "./readiness.ts";
import { onBuildChecks, runChecks } from "./runEffects.ts";
import type { ScratchInput } from "./scratchInput.ts";
import { findSilentNeeds } from "./silentNeeds.ts";
import { findCompileSteps, toolchainOf } from "./toolchain.ts";

/**
 * How far the final stage is from `FROM scratch`, judged by its text and, where the image is read, by its files. Undefined without a FROM. Total;
 * O(files looked up), nothing that grows with the image's files.
 */
export function findReadiness(input: ScratchInput): Readiness | undefined {
  if (input.chain.length === 0) return undefined;
  const program = findProgram(input);
  const paths = input.read === undefined ? undefined : pathsOf(input.read.finalTree);
  const closure = closureOf(input, program);
  const context: NeedContext = { input, program, closure, paths };
  const needs: readonly Need[] = [
    programNeed(context),
    ...libraryNeeds(context),
    ...shellNeeds(context),
    ...runChecks(context),
    ...onBuildChecks(context),
    ...findSilentNeeds(context),
    ...[healthCheck(context), writableDirectories(context), signals(context)].filter(
      (need) => need !== undefined,
    ),
    ...findAssets(context),
  ];
  const checks = needs.map(({ check }) => check);
  const isBlocked = checks.some(({ state }) => state === "blocks");
  const isOpen = checks.some(({ state }) => state === "unknown");
  const carried = paths === undefined ? undefined : onceEach(needs.flatMap((need) => need.carried));
  const isKnown = carried !== undefined && program?.paths.length !== 0;
  const steps = findCompileSteps(input, input.dockerfile.instructions);
  return {
    verdict: isBlocked ? "blocked" : isOpen ? "open" : "ready",
    program,
    checks,
    carried,
    carriedBytes: isKnown ? carried.reduce((sum, { bytes }) => sum + bytes, 0) : undefined,
    toolchain: toolchainOf(program, steps),
  };
}

function closureOf(input: ScratchInput, program: Program | undefined): LibraryClosure | undefined {
  const file = program?.paths.at(-1);
  if (input.read === undefined || program?.kind !== "elf" || file === undefined) return undefined;
  return libraryClosureOf(input.read, file, lastEnvironment(input)?.get("LD_LIBRARY_PATH"));
}

function lastEnvironment(
  input: ScratchInput,
): ReturnType<ScratchInput["environmentAt"]> | undefined {
  const last: Instruction | undefined = input.chain.at(-1)?.instructions.at(-1);
  return last && input.environmentAt(last);
}

function onceEach(carried: readonly CarriedPath[]): readonly CarriedPath[] {
  const byPath = new Map(carried.map((one) => [one.path, one]));
  const inside = ({ path }: CarriedPath): boolean =>
    carried.some((one) => one.isDirectory && path.startsWith(`${one.path}/`));
  return [...byPath.values()]
    .filter((one) => !inside(one))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function programNeed({ program, paths }: NeedContext): Need {
  const { state, evidence } = programEvidence(program, paths !== undefined);
  const place = program?.paths[0];
  const carried =
    paths === undefined || place === undefined ? [] : [carry(paths, place, "program")];
  const isCarried = state !== "blocks";
  return {
    check: {
      kind: "program",
      state,
      title: "Program",
      evidence,
      bytes: isCarried ? carried[0]?.bytes : undefined,
      span: undefined,
    },
    carried: isCarried ? carried : [],
  };
}

type Evidence = Pick<Check, "state" | "evidence">;

function programEvidence(program: Program | undefined, isRead: boolean): Evidence {
  if (program === undefined) {
    return {
      state: "blocks",
      evidence: "The image starts nothing: it has neither ENTRYPOINT nor CMD.",
    };
  }
  const named = program.paths.at(-1) ?? program.words[0] ?? "";
  if (isRead) return seenEvidence(program, named);
  return { state: "unknown", evidence: `What ${named} is shows only a built image.` };
}

function seenEvidence(program: Program, named: string): Evidence {
  switch (program.kind) {
    case "elf":
      return (
        runningOthers(program, named) ?? {
          state: "ok",
          evidence: `${named} is a ${elfWords(program)}.`,
        }
      );
    case "wasm":
      return { state: "ok", evidence: `${named} is a WebAssembly module.` };
    case "script": {
      const interpreter = program.interpreter?.join(" ") ?? "an interpreter";
      const end = program.handsOver?.[0];
      const wrapped = end === undefined ? "" : `; in the end it hands over to ${end}`;
      return {
        state: "blocks",
        evidence: `${named} is a script that ${interpreter} runs${wrapped}.`,
      };
    }
    case "missing":
      return { state: "blocks", evidence: `The image has no program ${named}.` };
    case "data":
    case "unknown":
      return { state: "unknown", evidence: `What ${named} is cannot be seen.` };
  }
}

/** Of programs that run others: their own file is the least of what they need. */
function runningOthers({ words }: Program, named: string): Evidence | undefined {
  const name = named.slice(named.lastIndexOf("/") + 1);
  if (interpretedLanguageOf(name) !== undefined) {
    const evidence = `${named} runs other programs: what they and its own library load is not written in any file that tells all of it.`;
    return { state: "blocks", evidence };
  }
  if (!isStarter(name)) return undefined;
  const evidence = `${named} only starts another program${words.length > 1 ? " that its arguments name" : ""}: start that one itself, and scratch can be judged (\`docker run --init\` brings an init of its own).`;
  return { state: "blocks", evidence };
}

function elfWords({ facts }: Program): string {
  const language = facts?.go === undefined ? "" : "Go ";
  const isStatic = facts?.interpreter === undefined && facts?.needed.length === 0;
  return `${isStatic ? "static" : "dynamic"} ${language}program for ${facts?.architecture ?? "?"}`;
}

function libraryNeeds({ program, closure, paths }: NeedContext): readonly Need[] {
  if (closure === undefined || paths === undefined || program?.kind !== "elf") return [];
  const [missing] = closure.missing;
  const base = { kind: "libraries", title: "Shared libraries", span: undefined } as const;
  if (missing !== undefined) {
    const evidence = `${missing.neededBy} needs ${missing.name}, which the image does not have.`;
    return [{ check: { ...base, state: "blocks", evidence, bytes: undefined }, carried: [] }];
  }
  if (!closure.isWhole) {
    const evidence = "A file does not tell which libraries it needs, for it is packed or damaged.";
    return [{ check: { ...base, state: "unknown", evidence, bytes: undefined }, carried: [] }];
  }
  if (closure.libraries.length === 0) {
    const evidence = "The program is static: it needs no library and no loader.";
    return [{ check: { ...base, state: "ok", evidence, bytes: undefined }, carried: [] }];
  }
  const carried = carriedLibraries(paths, closure, program);
  const bytes = carried.reduce((sum, one) => sum + one.bytes, 0);
  const count = closure.libraries.length;
  const evidence =
    count === 1
      ? "1 file is loaded before the program starts, and the image has it."
      : `${count} files are loaded before the program starts, all of them in the image.`;
  const loading: Check = {
    kind: "dynamic-loading",
    state: "unknown",
    title: "Loading while it runs",
    evidence: "A dynamic program may load further libraries (dlopen) that its headers do not name.",
    bytes: undefined,
    span: undefined,
  };
  return [
    { check: { ...base, state: "needs", evidence, bytes }, carried },
    { check: loading, carried: [] },
  ];
}

/** Each library at the place where the loader asks for it; what only the configuration of the loader finds has that with it. */
function carriedLibraries(
  paths: TreePaths,
  { libraries }: LibraryClosure,
  program: Program,
): readonly CarriedPath[] {
  const isConfigured = libraries.some(({ foundBy }) => foundBy === "configuration");
  const pathFile = program.facts && muslPathFileOf(program.facts);
  const configuration = isConfigured ? [pathFile ?? "etc/ld.so.cache"] : [];
  // A directory that is always looked at has its real name here: no link leads to it in the new image.
  const places = libraries.flatMap(({ askedPaths, foundBy }) =>
    askedPaths.map((path) => (foundBy === "default" ? (linkPath(paths, path)[0] ?? path) : path)),
  );
  // $ORIGIN is where the file of the program is, not a link to it. ld.so(8).
  const isNearProgram = libraries.some(({ foundBy }) => beside.has(foundBy));
  const own = isNearProgram && program.paths.length > 1 ? program.paths : [];
  return [...places, ...configuration.filter((path) => isFile(paths, path)), ...own].map((path) =>
    carry(paths, path, "libraries"),
  );
}

const beside: ReadonlySet<string> = new Set(["rpath", "runpath"]);

function shellNeeds({ program, input }: NeedContext): readonly Need[] {
  if (program === undefined || program.form === "exec") return [];
  const instruction =
    program.instruction === undefined
      ? undefined
      : input.dockerfile.instructions[program.instruction];
  const isPlain = program.form === "plainShell";
  return [
    {
      check: {
        kind: "shell",
        state: isPlain ? "needs" : "blocks",
        title: "Shell",
        evidence: isPlain
          ? "The start line is in shell form and has nothing in it that needs a shell: it becomes exec form."
          : "The start line needs a shell: variables, several commands or redirections are in it.",
        bytes: undefined,
        span: instruction?.argumentSpan,
      },
      carried: [],
    },
  ];
}
