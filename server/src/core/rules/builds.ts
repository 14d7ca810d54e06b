import type { ShellCommand } from "../dockerfile/shellScript.ts";
import { stageChain } from "../dockerfile/stages.ts";
import type { Instruction, Stage } from "../dockerfile/syntax.ts";
import { copiedStage } from "./copiedStage.ts";
import type { RuleContext } from "./context.ts";

/** A command that may link a program, and the RUN it stands in. */
export interface Build {
  readonly run: Instruction;
  readonly command: ShellCommand;
}

/** Commands of a RUN itself, or of all RUNs of the stage that a COPY takes files of; none where only words of a JSON array stand. */
export type BuildsOf = (instruction: Instruction) => readonly Build[];

/** Looks at each stage once. */
export function createBuilds(context: RuleContext): BuildsOf {
  const byStage = new Map<number, readonly Build[]>();
  return (instruction) => {
    if (instruction.keyword === "RUN") return buildsIn(context, instruction);
    const from = copiedStage(context.dockerfile, instruction);
    if (from === undefined) return [];
    const known = byStage.get(from.index) ?? buildsOfStage(context, from);
    byStage.set(from.index, known);
    return known;
  };
}

function buildsOfStage(context: RuleContext, stage: Stage): readonly Build[] {
  return stageChain(context.dockerfile, stage)
    .flatMap(({ instructions }) => instructions)
    .flatMap((instruction) => buildsIn(context, instruction));
}

function buildsIn(context: RuleContext, run: Instruction): readonly Build[] {
  const script = run.keyword === "RUN" ? context.shellOf(run) : undefined;
  if (script === undefined || script.form === "exec" || !script.isComplete) return [];
  return script.commands
    .filter(({ name }) => name !== undefined && linkers.test(name))
    .map((command) => ({ run, command }));
}

const compilers = /^(?:.*-)?(?:g?cc|g\+\+|c\+\+|clang|clang\+\+)$/;
const strippers = /^(?:.*-)?(?:strip|objcopy|upx)$/;
const linkers = new RegExp(`^(?:go|cargo)$|${compilers.source}|${strippers.source}`);

/** A program that takes symbols out of others. */
export function isStripper({ command: { name } }: Build): boolean {
  return strippers.test(name ?? "");
}

/** `go build` and `go install`. */
export function isGo({ command: { name, args } }: Build): boolean {
  return name === "go" && (args[0]?.text === "build" || args[0]?.text === "install");
}

/** A C or C++ compiler that links. */
export function isC({ command: { name, args } }: Build): boolean {
  const links = args.every(
    ({ text }) => !["-c", "-S", "-E", "-shared", "--version"].includes(text),
  );
  return links && compilers.test(name ?? "");
}

/** `cargo build` and `cargo install`. */
export function isCargo({ command: { name, args } }: Build): boolean {
  return name === "cargo" && (args[0]?.text === "build" || args[0]?.text === "install");
}
