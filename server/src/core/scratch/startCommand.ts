import type { Instruction } from "../dockerfile/syntax.ts";
import type { ShellCommand, ShellScript } from "../dockerfile/shellScript.ts";
import type { ScratchInput } from "./scratchInput.ts";

/** What a container is started with, before anything is looked up. */
export interface StartCommand {
  /** Empty when nothing is started. */
  readonly words: readonly string[];
  /** Index of the ENTRYPOINT, or else CMD, that names the program; undefined when the base image does. */
  readonly instruction: number | undefined;
  readonly form: "exec" | "plainShell" | "shell";
  /** False when the base image may add an ENTRYPOINT or a CMD that is not known. */
  readonly isWhole: boolean;
}

/**
 * ENTRYPOINT and CMD of the final stage as the engine joins them: an ENTRYPOINT takes an inherited CMD away, one in shell form takes no CMD. What
 * the text leaves open comes from the config of the image, where it is known. Docker's dispatchers.go, runconfig.
 */
export function startCommandOf(input: ScratchInput): StartCommand {
  const { entrypoint, cmd } = startLinesOf(input);
  if (entrypoint === undefined) return withoutEntrypoint(input, cmd);
  const start = wordsOf(input, entrypoint);
  if (start.form !== "exec" || cmd === undefined) return { ...start, isWhole: true };
  return joinWords(start, wordsOf(input, cmd), true);
}

function withoutEntrypoint(input: ScratchInput, cmd: Instruction | undefined): StartCommand {
  const isFromScratch = input.chain[0]?.base.kind === "scratch";
  const settings = isFromScratch ? undefined : input.image?.description.config.settings;
  const isWhole = isFromScratch || settings !== undefined;
  const own = cmd === undefined ? fromConfig(settings?.cmd ?? []) : wordsOf(input, cmd);
  const inherited = settings?.entrypoint ?? [];
  return inherited.length > 0
    ? joinWords(fromConfig(inherited), own, isWhole)
    : { ...own, isWhole };
}

type Words = Omit<StartCommand, "isWhole">;

/** The last ENTRYPOINT and the last CMD that count; a CMD of an earlier stage goes when a later stage sets an ENTRYPOINT. */
export function startLinesOf({ chain }: ScratchInput): {
  readonly entrypoint: Instruction | undefined;
  readonly cmd: Instruction | undefined;
} {
  let entrypoint: Instruction | undefined;
  let cmd: Instruction | undefined;
  for (const { instructions } of chain) {
    let isCmdOwn = false;
    for (const instruction of instructions) {
      if (instruction.keyword === "CMD") {
        cmd = instruction;
        isCmdOwn = true;
      }
      if (instruction.keyword !== "ENTRYPOINT") continue;
      entrypoint = instruction;
      if (!isCmdOwn) cmd = undefined;
    }
  }
  return { entrypoint, cmd };
}

function fromConfig(words: readonly string[]): Words {
  const isShell = words.length === 3 && /(?:^|\/)sh$/.test(words[0] ?? "") && words[1] === "-c";
  return { words, instruction: undefined, form: isShell ? "shell" : "exec" };
}

function joinWords(start: Words, rest: Words, isWhole: boolean): StartCommand {
  // A CMD in shell form is handed over as `/bin/sh -c …`.
  const form = start.form === "exec" && rest.form === "exec" ? "exec" : "shell";
  return {
    words: [...start.words, ...rest.words],
    instruction: start.instruction ?? rest.instruction,
    form,
    isWhole,
  };
}

function wordsOf(input: ScratchInput, instruction: Instruction): Words {
  const script = input.shellOf(instruction);
  const plain = script === undefined ? undefined : plainWords(script);
  if (instruction.form === "exec" && script?.form === "exec" && isDirect(instruction, script)) {
    const words = instruction.words.map(({ text }) => text);
    return { words, instruction: instruction.index, form: "exec" };
  }
  if (plain !== undefined) {
    return { words: plain, instruction: instruction.index, form: "plainShell" };
  }
  const words =
    instruction.form === "exec"
      ? instruction.words.map(({ text }) => text)
      : instruction.argumentText === ""
        ? []
        : ["/bin/sh", "-c", instruction.argumentText];
  return { words, instruction: instruction.index, form: "shell" };
}

/** Whether the words of the array are what runs, not `sh -c` with a script. */
function isDirect({ words }: Instruction, { commands }: ShellScript): boolean {
  return commands.length === 1 && commands[0]?.nameSpan.start === words[0]?.span.start;
}

/** The words of a script that is one command and nothing that only a shell can do; `exec` before it changes nothing. */
function plainWords({ commands, isComplete }: ShellScript): readonly string[] | undefined {
  const [command] = commands;
  if (command?.name === undefined || commands.length !== 1 || !isComplete) return undefined;
  if (shellBuiltins.has(command.name) || !isPlain(command)) return undefined;
  return [command.path ?? command.name, ...command.args.map(({ text }) => text)];
}

function isPlain(command: ShellCommand): boolean {
  const { args, assignments, redirects, depth, certainty, wrappers, pipeLength } = command;
  const isAlone = depth === 0 && pipeLength === 1 && certainty === "always";
  const isBare = assignments.size === 0 && redirects.length === 0;
  const isLiteral = args.every((word) => word.isLiteral && !word.isPattern);
  return isAlone && isBare && isLiteral && wrappers.every((wrapper) => wrapper === "exec");
}

/** Names that a shell answers by itself, although a program of that name may exist. */
const shellBuiltins: ReadonlySet<string> = new Set([
  ".",
  ":",
  "alias",
  "bg",
  "cd",
  "command",
  "eval",
  "exit",
  "export",
  "fg",
  "getopts",
  "hash",
  "jobs",
  "read",
  "readonly",
  "set",
  "shift",
  "source",
  "times",
  "trap",
  "type",
  "ulimit",
  "umask",
  "unalias",
  "unset",
  "wait",
  "[",
  "test",
]);
