import type { Dockerfile, Instruction } from "../dockerfile/syntax.ts";
import { textOf } from "../text/span.ts";
import { plainPath } from "../image/treePaths.ts";
import type { FinalStageContext, StagePart } from "./finalStageContext.ts";
import { defaultSearchPath } from "./finalStageStart.ts";
import { toAssignment } from "./finalStageText.ts";

/** PATH of the new container: today's where one of its directories will have something that an engine's own PATH does not reach, else the engine's. */
export function searchPathOf(context: FinalStageContext): string {
  const path = configuredValue(context, "PATH") ?? defaultSearchPath;
  return isOnlyForBuilding(context, "PATH") ? defaultSearchPath : path;
}

/** What of ENV goes into the new stage: own lines, and what the base image set, as far as it means something without its files. */
export function* environmentParts(context: FinalStageContext): Generator<StagePart> {
  const text = baseVariables(context)
    .map(([name, value]) => toAssignment(name, value, context.style.escape))
    .filter((assignment) => assignment !== undefined)
    .join(" ");
  if (text !== "") {
    yield { kind: "line", index: -1, text: `${context.style.keyword("ENV")} ${text}` };
  }
}

/** Whether an ENV line is written into the new stage: one of its names may mean something to the program. */
export function isCarriedEnvironment(context: FinalStageContext, env: Instruction): boolean {
  if (context.layout === "in-place") return true;
  return namesOf(env).some((name) => !isOnlyForBuilding(context, name));
}

/** Names that ENV, ARG or LABEL set, in order. */
export function namesOf({ keyword, words }: Instruction): readonly string[] {
  const [first] = words;
  if (first === undefined) return [];
  if (keyword !== "ARG" && !first.text.includes("=")) return [first.text];
  return words.map(({ text }) => text.split("=")[0] ?? "");
}

/**
 * The ARG lines that an instruction needs above it in the new stage so that its variables have the values they have today; undefined where they cannot
 * have them.
 */
export function neededArguments(
  context: FinalStageContext,
  instruction: Instruction,
): readonly Instruction[] | undefined {
  const found: Instruction[] = [];
  for (const name of referencesOf(context.input.dockerfile, instruction)) {
    const needed = argumentsFor(context, instruction, name);
    if (needed === undefined) return undefined;
    found.push(...needed);
  }
  return found;
}

function argumentsFor(
  context: FinalStageContext,
  instruction: Instruction,
  name: string,
): readonly Instruction[] | undefined {
  const { chain } = context.input;
  const sets =
    (keyword: string) =>
    (one: Instruction): boolean =>
      one.keyword === keyword && one.index < instruction.index && namesOf(one).includes(name);
  const env = chain.flatMap(({ instructions }) => instructions).findLast(sets("ENV"));
  if (env !== undefined) return isCarriedEnvironment(context, env) ? [] : undefined;
  const declared = chain.flatMap(({ instructions }) =>
    instructions.filter((one) => one.keyword === "ARG" && namesOf(one).includes(name)),
  );
  const [argument] = declared;
  const home = chain.find(({ instructions }) => instructions.includes(instruction));
  if (declared.length === 1 && argument !== undefined) {
    if (argument.index > instruction.index || home?.instructions.includes(argument) !== true) {
      return undefined;
    }
    if (context.layout === "in-place") return [];
    const above = neededArguments(context, argument);
    return above && [...above, argument];
  }
  const isKept = baseVariables(context).some(([one]) => one === name);
  return declared.length === 0 && isKept ? [] : undefined;
}

/** Names of variables that an instruction's text uses, each once. */
export function referencesOf(
  { text, escape }: Dockerfile,
  { argumentSpan }: Instruction,
): readonly string[] {
  const written = textOf(text, argumentSpan).replaceAll(`${escape}$`, "");
  const found = [...written.matchAll(/\$(?:\{(\w+)|(\w+))/g)];
  return [...new Set(found.map(([, braced, bare]) => braced ?? bare ?? ""))];
}

/** Value of a variable in the image as it is. */
export function configuredValue({ settings }: FinalStageContext, name: string): string | undefined {
  return settings.env.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** What the base image set and no line of the file sets again, as far as it means something in the new container. */
function baseVariables(context: FinalStageContext): readonly (readonly [string, string])[] {
  const { input, settings } = context;
  const own = new Set(
    input.chain
      .flatMap(({ instructions }) => instructions)
      .filter(({ keyword }) => keyword === "ENV")
      .flatMap(namesOf),
  );
  return settings.env
    .map((entry) => [entry.split("=")[0] ?? "", entry.slice(entry.indexOf("=") + 1)] as const)
    .filter(([name]) => !own.has(name) && !isOnlyForBuilding(context, name))
    .filter(([, value]) => !/^\/[^:]*$/.test(value) || context.hasPath(plainPath(value)));
}

/** Variables that only compilers and package managers read, and a search path that leads to nothing. */
function isOnlyForBuilding(context: FinalStageContext, name: string): boolean {
  if (name !== "PATH") return buildNames.test(name);
  const standard = new Set(defaultSearchPath.split(":").map(plainPath));
  return (configuredValue(context, "PATH") ?? defaultSearchPath)
    .split(":")
    .map(plainPath)
    .every((directory) => standard.has(directory) || !context.hasPath(directory));
}

const buildNames = new RegExp(
  `^(?:${[
    "CGO_\\w+",
    "GO(?:OS|ARCH|ARM|ARM64|AMD64|FLAGS|PROXY|SUMDB|PRIVATE|NOSUMDB|NOPROXY|CACHE|MODCACHE|PATH|ROOT|BIN|TOOLCHAIN|111MODULE|WORK|LANG_VERSION)",
    "CARGO_\\w+",
    "RUSTUP_\\w+",
    "RUSTFLAGS|RUST_VERSION",
    "ZIG_\\w+",
    "CC|CXX|CPP|LD|AR|CFLAGS|CXXFLAGS|CPPFLAGS|LDFLAGS|MAKEFLAGS|PKG_CONFIG\\w*",
    "DEBIAN_FRONTEND",
  ].join("|")})$`,
);
