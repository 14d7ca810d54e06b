import { removeInstruction } from "../dockerfile/instructionEdits.ts";
import { insertBehind } from "../dockerfile/runEdits.ts";
import type { Dockerfile, Instruction, Stage } from "../dockerfile/syntax.ts";
import { type TextEdit, applyEdits } from "../text/edit.ts";
import { type LineStyle, withCommentsAbove } from "./finalStageText.ts";

/** A final stage that becomes a build stage, with a new one below it. */
export interface SplitStage {
  readonly dockerfile: Dockerfile;
  readonly stage: Stage;
  readonly style: LineStyle;
}

/** How the two stages are called. */
export interface StageNames {
  /** By which COPY finds the old stage. */
  readonly build: string;
  /** Of the new stage; undefined for none. */
  readonly final: string | undefined;
  readonly edits: readonly TextEdit[];
}

/**
 * Names for both stages; `wished`, or that name with a number, is for the old one. The new stage takes the name over that `--target` may ask for, unless
 * it says what the old stage does.
 */
export function stageNames({ dockerfile, stage, style }: SplitStage, wished: string): StageNames {
  const [image, , written] = stage.from.words;
  const free = freeName(dockerfile, wished);
  if (written === undefined || image === undefined) {
    const edits =
      image === undefined ? [] : [insertBehind(image.span, `${style.keyword("AS")} ${free}`)];
    return { build: free, final: undefined, edits };
  }
  if (buildNames.test(written.text)) return { build: written.text, final: undefined, edits: [] };
  return { build: free, final: written.text, edits: [{ span: written.span, newText: free }] };
}

const buildNames = /(?:^|[-_])(?:build|builder|building|compile|compiler|deps|files)(?:$|[-_\d])/i;

function freeName({ stages, instructions }: Dockerfile, wished: string): string {
  const taken = new Set([
    ...stages.flatMap(({ name, from }) => [name ?? "", from.words[0]?.text.toLowerCase() ?? ""]),
    ...instructions.flatMap(({ flags }) =>
      flags.flatMap(({ value = "" }) => value.toLowerCase().split(/[,=]/)),
    ),
  ]);
  const candidates = [
    wished,
    ...Array.from({ length: taken.size + 1 }, (_, at) => `${wished}${at + 2}`),
  ];
  return candidates.find((name) => !taken.has(name)) ?? wished;
}

/** An instruction goes, with the comments right above it. */
export function removal(dockerfile: Dockerfile, instruction: Instruction): readonly TextEdit[] {
  const span = withCommentsAbove(dockerfile, instruction);
  return removeInstruction(dockerfile, { ...instruction, span });
}

/** Where a new stage begins: behind the last line of the old one. */
export function insertionPoint({ dockerfile: { text }, stage }: SplitStage): number {
  const last = stage.instructions.at(-1)?.span.end ?? text.length;
  const newline = text.indexOf("\n", last);
  return newline < 0 ? text.length : newline + 1;
}

/** Removals as far as they end where the new stage begins: blank lines at the end of the file stay. */
export function upTo(at: number, removals: readonly TextEdit[]): readonly TextEdit[] {
  return removals.map(({ span, newText }) => ({
    span: { start: span.start, end: Math.min(span.end, at) },
    newText,
  }));
}

/** What comes in at the insertion point: last lines of the old stage, a blank line, and the new stage. `removals` end there. */
export function stageText(
  split: SplitStage,
  removals: readonly TextEdit[],
  { tail, head }: { readonly tail: readonly string[]; readonly head: readonly string[] },
): TextEdit {
  const { text } = split.dockerfile;
  const { lineBreak } = split.style;
  const at = insertionPoint(split);
  const kept = applyEdits(text.slice(0, at), removals);
  const isOpen = kept !== "" && !kept.endsWith("\n");
  const hasBlank = /\n[ \t]*\r?\n$/.test(kept);
  const end = tail.map((line) => line + lineBreak).join("");
  const gap = hasBlank && tail.length === 0 ? "" : lineBreak;
  const isLast = at === text.length && !text.endsWith("\n");
  const newText = `${isOpen ? lineBreak : ""}${end}${gap}${head.join(lineBreak)}${isLast ? "" : lineBreak}`;
  return { span: { start: at, end: at }, newText };
}

/** Whether a user as USER or the config names it is root; so is one that nobody names. */
export function isRootUser(named: string): boolean {
  return /^(?:root|0)?(?::.*)?$/.test(named);
}
