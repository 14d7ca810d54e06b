import type { Instruction } from "../../dockerfile/syntax.ts";
import { lastNameOf } from "../../image/treePaths.ts";
import { startCommandOf } from "../startCommand.ts";
import type { NextBest } from "./nextBest.ts";
import type { Hindrance, StartPart } from "./stagePlan.ts";

/** A program that a distroless image starts by itself. */
export interface RuntimeStart {
  /** For people: `node`. */
  readonly title: string;
  /** Names under which a file calls it. */
  readonly names: RegExp;
  /** Where the new base has it. */
  readonly path: string;
  /** What its ENTRYPOINT is; words of a start that begins with the same are left out. */
  readonly entrypoint: readonly string[];
  /** Programs that come as modules of it, and are started with `-m`. */
  readonly modules: RegExp | undefined;
}

/** ENTRYPOINT and CMD that count, as the text has them; a CMD of an earlier stage than the ENTRYPOINT does not. */
export function startLinesOf({ input, shipped }: NextBest): {
  readonly entrypoint: Instruction | undefined;
  readonly cmd: Instruction | undefined;
} {
  const entrypoint = shipped.findLast(({ keyword }) => keyword === "ENTRYPOINT");
  const cmd = shipped.findLast(({ keyword }) => keyword === "CMD");
  const home = input.chain.find(({ instructions }) =>
    instructions.some((one) => one === entrypoint),
  );
  const isReset = cmd !== undefined && home !== undefined && cmd.index < home.from.index;
  return { entrypoint, cmd: isReset ? undefined : cmd };
}

/** The start lines as they are, for a base with the same ENTRYPOINT as today's. */
export function sameStart(context: NextBest): readonly StartPart[] {
  const { entrypoint, cmd } = startLinesOf(context);
  return [entrypoint, cmd]
    .filter((line) => line !== undefined)
    .map((instruction) => ({
      keyword: instruction.keyword === "CMD" ? "CMD" : "ENTRYPOINT",
      instruction,
      words: undefined,
    }));
}

/** The words that are started, without the entry script of official images that only passes them on. */
export function startWordsOf(context: NextBest): readonly string[] | Hindrance {
  const { words, form } = startCommandOf(context.input);
  if (form === "shell") {
    return { reason: "The start line needs a shell, and distroless images have none." };
  }
  const started = isPassingOn(context, words[0] ?? "") ? words.slice(1) : words;
  if (started.length === 0) {
    return { reason: "The image starts nothing of its own: it has neither ENTRYPOINT nor CMD." };
  }
  return started;
}

/** Whether it is the base image's own entry script, which no line brings. */
function isPassingOn({ shipped }: NextBest, program: string): boolean {
  const name = lastNameOf(program);
  const isBrought = shipped.some(
    ({ keyword, argumentText }) => !starting.has(keyword) && argumentText.includes(name),
  );
  return passingScripts.has(name) && !isBrought;
}

const starting: ReadonlySet<string> = new Set(["ENTRYPOINT", "CMD"]);

/** Entry scripts of node and eclipse-temurin: they run what they are given. */
const passingScripts: ReadonlySet<string> = new Set([
  "docker-entrypoint.sh",
  "__cacert_entrypoint.sh",
]);

/** The start lines for a base that brings the runtime elsewhere and starts it by itself. */
export function runtimeStart(
  context: NextBest,
  runtime: RuntimeStart,
  baseName: string,
): readonly StartPart[] | Hindrance {
  const words = startWordsOf(context);
  if ("reason" in words) return words;
  const called = callOf(words, runtime);
  if (called === undefined) {
    const reason = `The container starts ${words[0] ?? ""}, which is not in ${baseName}: only ${runtime.title} is.`;
    return { reason };
  }
  const { entrypoint, cmd } = startLinesOf(context);
  const [script, ...more] = entrypoint?.words ?? [];
  const isPassing = more.length === 0 && isPassingOn(context, script?.text ?? "");
  return entrypoint === undefined || isPassing
    ? cmdOnly(called, runtime, cmd)
    : ownEntrypoint(entrypoint, words, called, cmd);
}

/** ENTRYPOINT with the new words, and CMD behind it where an engine hands it over. */
function ownEntrypoint(
  entrypoint: Instruction,
  words: readonly string[],
  called: readonly string[],
  cmd: Instruction | undefined,
): readonly StartPart[] {
  const isExec =
    entrypoint.form === "exec" && entrypoint.words.every(({ text }, at) => text === words[at]);
  const count = entrypoint.words.length + called.length - words.length;
  return [
    {
      keyword: "ENTRYPOINT",
      instruction: entrypoint,
      words: isExec ? called.slice(0, count) : called,
    },
    ...(isExec && cmd !== undefined
      ? [{ keyword: "CMD", instruction: cmd, words: undefined } as const]
      : []),
  ];
}

function cmdOnly(
  called: readonly string[],
  { entrypoint }: RuntimeStart,
  cmd: Instruction | undefined,
): readonly StartPart[] {
  const isSame = entrypoint.every((word, at) => called[at] === word);
  return isSame
    ? [{ keyword: "CMD", instruction: cmd, words: called.slice(entrypoint.length) }]
    : [
        { keyword: "ENTRYPOINT", instruction: undefined, words: [] },
        { keyword: "CMD", instruction: cmd, words: called },
      ];
}

/** The same words with the runtime where the new base has it; undefined when they start something else. */
function callOf(
  [first = "", ...rest]: readonly string[],
  { names, path, modules }: RuntimeStart,
): readonly string[] | undefined {
  const name = lastNameOf(first);
  if (names.test(name)) return [path, ...rest];
  return modules?.test(name) === true ? [path, "-m", name, ...rest] : undefined;
}
