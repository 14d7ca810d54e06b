import { removeInstruction } from "../../dockerfile/instructionEdits.ts";
import { appendCommand, removePart } from "../../dockerfile/runEdits.ts";
import type { ShellCommand, ShellScript } from "../../dockerfile/shellScript.ts";
import type { Instruction, Keyword } from "../../dockerfile/syntax.ts";
import type { TextEdit } from "../../text/edit.ts";
import { type Span, textOf } from "../../text/span.ts";
import type { RuleContext } from "../context.ts";
import type { FileActs } from "./fileActs.ts";
import { type PathPattern, isAtOrBelow, resolvePath, toPathPattern } from "./imagePath.ts";
import { mountedPaths, operandsOf } from "./shellActs.ts";

/** Commands at the start of a RUN that an earlier RUN can run as its last ones. */
export interface MovableStart {
  readonly commands: readonly ShellCommand[];
  /** What they work on. */
  readonly patterns: readonly PathPattern[];
  /** True when the RUN has no others. */
  readonly isAll: boolean;
}

/**
 * The commands that a RUN begins with, or consists of, as far as they have one of the names and work on absolute paths that the text
 * spells out. Undefined when it begins with another.
 */
export function movableStart(
  context: RuleContext,
  { instruction }: FileActs,
  names: ReadonlySet<string>,
): MovableStart | undefined {
  const script = context.shellOf(instruction);
  const first = script?.statements[0];
  if (script === undefined || first === undefined || !isOpen(script, instruction)) return undefined;
  const own = script.commands.filter(({ statement }) => statement === 0);
  const movable = own.map((command) => (isPlain(command) ? patternsOf(command, names) : undefined));
  const [head] = own;
  if (head === undefined || movable[0] === undefined) return undefined;
  if (!isSame(first.parts[0], head.span)) return undefined;
  const isChain = own.length === first.parts.length && script.statements.length === 1;
  const isAll = isChain && !movable.includes(undefined);
  return isAll
    ? { commands: own, patterns: movable.flatMap((of) => of ?? []), isAll }
    : { commands: [head], patterns: movable[0], isAll };
}

function isOpen(script: ShellScript, { flags }: Instruction): boolean {
  const isChain = script.statements[0]?.operators.includes("||") === false;
  return script.form === "line" && script.isComplete && flags.length === 0 && isChain;
}

function isSame(a: Span | undefined, b: Span): boolean {
  return a?.start === b.start && a.end === b.end;
}

function isPlain({ depth, pipeLength, assignments, redirects }: ShellCommand): boolean {
  return depth === 0 && pipeLength === 1 && assignments.size === 0 && redirects.length === 0;
}

function patternsOf(
  command: ShellCommand,
  names: ReadonlySet<string>,
): readonly PathPattern[] | undefined {
  if (!names.has(command.name ?? "")) return undefined;
  const paths = command.name === "rm" ? operandsOf(command) : operandsOf(command).slice(1);
  const patterns = paths.map(({ text, isLiteral, isPattern }) => {
    const path = isLiteral && text.startsWith("/") ? resolvePath("", text) : undefined;
    return path === undefined || path === "" ? undefined : toPathPattern(path, isPattern);
  });
  const known = patterns.filter((pattern) => pattern !== undefined);
  return known.length === 0 || known.length < patterns.length ? undefined : known;
}

/**
 * Moves the start of one RUN to the end of an earlier one. Undefined where something between may need what it does to be done later: another RUN,
 * a COPY into the same place, another user or shell.
 */
export function moveUp(
  context: RuleContext,
  between: readonly FileActs[],
  from: FileActs,
  to: FileActs,
  { commands, patterns, isAll }: MovableStart,
): readonly TextEdit[] | undefined {
  const { dockerfile } = context;
  const target = context.shellOf(to.instruction);
  const source = context.shellOf(from.instruction);
  if (target === undefined || source === undefined) return undefined;
  if (!between.every((acts) => isIndifferent(acts, patterns))) return undefined;
  const mounts = mountedPaths(to.instruction, to.scope);
  const isMounted = patterns.some(({ text }) =>
    mounts.some((mount) => isAtOrBelow(text, mount) || isAtOrBelow(mount, text)),
  );
  const moved = commands.map(({ span }) => textOf(dockerfile.text, span)).join(" && ");
  if (isMounted || moved.includes("\n")) return undefined;
  const added = appendCommand(dockerfile, to.instruction, target, moved);
  const taken = isAll
    ? removeInstruction(dockerfile, from.instruction)
    : removePart(dockerfile, source, 0, 0);
  return added === undefined || taken === undefined ? undefined : [...added, ...taken];
}

/** Whether it does not matter on which side of the instruction something happens to these paths. */
function isIndifferent(
  { instruction, writes }: FileActs,
  patterns: readonly PathPattern[],
): boolean {
  if (isMetadata.has(instruction.keyword)) return true;
  if (instruction.keyword !== "COPY" && instruction.keyword !== "ADD") return false;
  return (
    writes.length > 0 &&
    writes.every(({ path }) => {
      const folder = path.replace(/\/\*$/, "");
      return patterns.every(
        (pattern) =>
          !isAtOrBelow(steadyPart(pattern.text), folder) &&
          !pattern.matches(folder) &&
          !pattern.matches(path),
      );
    })
  );
}

/** The folders of a pattern before its first component with a wildcard. */
function steadyPart(text: string): string {
  const parts = text.split("/");
  const wild = parts.findIndex((part) => /[*?[{]/.test(part));
  return wild < 0 ? text : parts.slice(0, wild).join("/");
}

const isMetadata: ReadonlySet<Keyword> = new Set<Keyword>([
  "CMD",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "HEALTHCHECK",
  "LABEL",
  "MAINTAINER",
  "STOPSIGNAL",
]);

/** The top-level part that a command is, alone; undefined where it is more than that, or only a piece. */
export function partOf(
  script: ShellScript,
  { span, statement }: ShellCommand,
): { readonly statement: number; readonly part: number } | undefined {
  const parts: readonly Span[] = script.statements[statement]?.parts ?? [];
  const part = parts.findIndex((one) => isSame(one, span));
  return part < 0 ? undefined : { statement, part };
}
