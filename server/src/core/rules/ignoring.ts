import type { Dockerfile, TareDirective, TareSetting } from "../dockerfile/syntax.ts";
import type { Problem } from "../result.ts";
import type { TextEdit } from "../text/edit.ts";
import { nearestName } from "../text/nearestName.ts";
import type { Span } from "../text/span.ts";

/** A rule that a `# tare: ignore=…` names, as written. */
export interface IgnoredRule {
  readonly name: string;
  readonly span: Span;
}

/** The rules that an `ignore` setting names, in order; empty for any other setting. */
export function ignoredRules({ key, value, valueSpan }: TareSetting): readonly IgnoredRule[] {
  if (key !== "ignore") return [];
  // Quotes are taken away from both ends only, so offsets inside them are the text's.
  const isQuoted = valueSpan.end - valueSpan.start > value.length;
  const from = valueSpan.start + (isQuoted ? 1 : 0);
  return Array.from(value.matchAll(/[^,\s]+/g), ({ 0: name, index }) => ({
    name,
    span: { start: from + index, end: from + index + name.length },
  }));
}

/** Whether what a rule would report about an instruction is wanted by nobody: asked by code and index of the instruction. */
export function ignoredIn(dockerfile: Dockerfile): (code: string, instruction: number) => boolean {
  const everywhere = new Set<string>();
  const somewhere = new Set<string>();
  for (const directive of dockerfile.directives) {
    for (const { name } of directive.settings.flatMap(ignoredRules)) {
      if (isForFile(dockerfile, directive)) everywhere.add(name);
      else if (directive.appliesTo !== undefined) somewhere.add(`${directive.appliesTo} ${name}`);
    }
  }
  if (everywhere.size + somewhere.size === 0) return () => false;
  return (code, instruction) => everywhere.has(code) || somewhere.has(`${instruction} ${code}`);
}

/** Names in `ignore` that no rule has, each with the one that was meant where it is near; in text order. */
export function unknownIgnored(
  { directives }: Dockerfile,
  codes: readonly string[],
): readonly Problem[] {
  return directives
    .flatMap(({ settings }) => settings.flatMap(ignoredRules))
    .filter(({ name }) => !codes.includes(name))
    .map(({ name, span }) => {
      const near = nearestName(name, codes);
      const advice = near === undefined ? "take it out." : `did you mean ${near}?`;
      return { span, message: `Tare has no rule "${name}", so this ignores nothing: ${advice}` };
    });
}

/**
 * The edit after which a rule says nothing about an instruction, or about the whole file: a name more in the `ignore` that is there, else a
 * comment line of its own. Undefined for the first instruction alone: what stands above it speaks of the file.
 */
export function ignoreEdit(
  dockerfile: Dockerfile,
  code: string,
  instruction: number | "file",
): TextEdit | undefined {
  if (instruction === 0) return undefined;
  const setting = dockerfile.directives
    .filter((directive) =>
      instruction === "file"
        ? isForFile(dockerfile, directive)
        : directive.appliesTo === instruction && !isForFile(dockerfile, directive),
    )
    .flatMap(({ settings }) => settings)
    .find(({ key }) => key === "ignore");
  if (setting !== undefined) return extended(setting, code);
  return commentAbove(dockerfile, code, instruction === "file" ? 0 : instruction);
}

function extended(setting: TareSetting, code: string): TextEdit {
  const end = ignoredRules(setting).at(-1)?.span.end ?? setting.valueSpan.end;
  return { span: { start: end, end }, newText: `,${code}` };
}

function commentAbove(
  { text, instructions }: Dockerfile,
  code: string,
  index: number,
): TextEdit | undefined {
  const instruction = instructions[index];
  if (instruction === undefined) return undefined;
  const start = text.lastIndexOf("\n", instruction.span.start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(start, instruction.span.start))?.[0] ?? "";
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  const at = start + (start === 0 && text.startsWith("\ufeff") ? 1 : 0);
  return {
    span: { start: at, end: at },
    newText: `${indent}# tare: ignore=${code}${lineBreak}`,
  };
}

/** Whether a directive speaks of all instructions: it stands before the first. */
function isForFile({ instructions }: Dockerfile, { span }: TareDirective): boolean {
  return span.start < (instructions[0]?.span.start ?? Infinity);
}
