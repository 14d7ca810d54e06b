import { execItemsOf } from "../../dockerfile/execForm.ts";
import { shellOf } from "../../dockerfile/shell.ts";
import type { ShellCommand, ShellScript } from "../../dockerfile/shellScript.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";
import type { Fix, Report } from "../rule.ts";
import { type FinalFiles, finalFilesOf } from "./finalFiles.ts";
import { firstRun } from "./firstRun.ts";
import { isMissingProgram } from "./missingProgram.ts";

/** Instructions in shell form without their shell. A RUN is looked at where it stands, what starts the container only where it counts. */
export function* shellReports(context: RuleContext, final: FinalFiles): Iterable<Report> {
  for (const instruction of startsIn(context)) {
    const shell = shellBefore(context, instruction);
    const files = instruction.keyword === "RUN" ? finalFilesOf(context, instruction.index) : final;
    const isBuilt = instruction.keyword === "RUN" && files.image !== undefined;
    if (isBuilt || !shell.startsWith("/") || !files.isMissing(shell)) continue;
    const where =
      files.image === undefined ? "nothing brings it into this image" : "it is not in the image";
    yield {
      span: instruction.keywordSpan,
      instruction: instruction.index,
      message: `${instruction.keyword} in shell form needs \`${shell}\`, and ${where}.`,
      saving: undefined,
      fixes: () => execFormFix(context, files, instruction),
      related: [],
    };
  }
}

/** Of RUN the first: a builder stops there. */
function startsIn(context: RuleContext): readonly Instruction[] {
  const { shipped } = context;
  const last = (keyword: string): Instruction | undefined =>
    shipped.findLast((one) => one.keyword === keyword);
  const entrypoint = last("ENTRYPOINT");
  const isCmdUnused = entrypoint?.form === "shell";
  return [firstRun(context), entrypoint, isCmdUnused ? undefined : last("CMD"), last("HEALTHCHECK")]
    .filter((one) => one !== undefined)
    .filter(isShellForm)
    .sort((a, b) => a.index - b.index);
}

function isShellForm({ keyword, form, argumentText }: Instruction): boolean {
  if (keyword === "HEALTHCHECK") {
    // `[ -f /ready ]` is a command of a shell.
    const command = /^CMD\s+(\S.*)$/is.exec(argumentText)?.[1];
    return command !== undefined && execItemsOf(command) === undefined;
  }
  return form === "shell" && argumentText !== "";
}

function shellBefore({ shipped }: RuleContext, { index }: Instruction): string {
  const set = shipped.findLast((one) => one.keyword === "SHELL" && one.index < index);
  return set?.words[0]?.text ?? "/bin/sh";
}

/** The same words without a shell, where it is one command and nothing that a shell would do. None for a program that is not there either. */
function execFormFix(
  context: RuleContext,
  files: FinalFiles,
  instruction: Instruction,
): readonly Fix[] {
  const script = shellOf(context.dockerfile, instruction);
  const words = script === undefined ? undefined : plainWords(script);
  const isOneLine = instruction.startLine === instruction.endLine;
  if (script === undefined || words === undefined || !isOneLine) return [];
  const [program = ""] = words;
  const isStarted = instruction.keyword !== "CMD" || !hasEntrypoint(context);
  if (isStarted && isMissingProgram(context, files, instruction, program)) return [];
  const array = `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
  return [
    {
      title: `Write ${instruction.keyword} in exec form`,
      kind: "quickfix",
      isSafe: true,
      edits: [{ span: script.span, newText: array }],
      saving: undefined,
    },
  ];
}

/** Then CMD has only arguments. */
function hasEntrypoint({ shipped }: RuleContext): boolean {
  return shipped.some(({ keyword }) => keyword === "ENTRYPOINT");
}

function plainWords({ commands, isComplete, form }: ShellScript): readonly string[] | undefined {
  const [command, ...others] = commands;
  if (command?.name === undefined || others.length > 0 || !isComplete || form !== "line") {
    return undefined;
  }
  if (builtins.has(command.name) || !isPlain(command)) return undefined;
  return [command.path ?? command.name, ...command.args.map(({ text }) => text)];
}

function isPlain(command: ShellCommand): boolean {
  const { args, assignments, redirects, depth, certainty, wrappers, pipeLength } = command;
  const isAlone = depth === 0 && pipeLength === 1 && certainty === "always";
  const isBare = assignments.size === 0 && redirects.length === 0;
  const isLiteral = args.every(
    ({ text, isLiteral: isKnown, isPattern }) => isKnown && !isPattern && !text.startsWith("~"),
  );
  return isAlone && isBare && isLiteral && wrappers.every((wrapper) => wrapper === "exec");
}

/** What only a shell answers. */
const builtins: ReadonlySet<string> = new Set(
  ". : alias cd command eval exit export read set shift source trap ulimit umask unset wait".split(
    " ",
  ),
);
