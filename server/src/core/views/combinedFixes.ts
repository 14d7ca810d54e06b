import type { Finding, Fix } from "../rules/rule.ts";
import { countUpTo } from "../text/countUpTo.ts";
import type { TextEdit } from "../text/edit.ts";

/** A fix with the finding it mends. */
export interface ChosenFix {
  readonly finding: Finding;
  readonly fix: Fix;
}

/** Fixes that can be made together. */
export interface CombinedFixes {
  /** In text order of their findings. */
  readonly made: readonly ChosenFix[];
  /** Touch what another one changes: to be made when the text is looked at again. */
  readonly left: readonly ChosenFix[];
  /** In text order; they do not overlap. */
  readonly edits: readonly TextEdit[];
  /** The new `.dockerignore`; undefined when it stays as it is. */
  readonly dockerignore: string | undefined;
}

/** The best fix of each finding where that one is safe: what "fix all" makes. */
export function safeFixes(findings: readonly Finding[]): readonly ChosenFix[] {
  return findings.flatMap((finding) => {
    const [fix] = finding.fixes;
    return fix !== undefined && fix.isSafe ? [{ finding, fix }] : [];
  });
}

/**
 * Puts fixes together, earlier ones first. A fix that touches what another one changes is left, except that insertions at one place stand
 * behind each other: an option behind an option, a command behind a command. The same edit twice is made once.
 */
export function combineFixes(chosen: readonly ChosenFix[]): CombinedFixes {
  const made: ChosenFix[] = [];
  const left: ChosenFix[] = [];
  const edits: TextEdit[] = [];
  let dockerignore: string | undefined;
  for (const one of chosen) {
    const { fix } = one;
    const fresh = fix.edits.filter((edit) =>
      touching(edits, edit).every((other) => !isSame(edit, other)),
    );
    const isFree =
      fresh.every((edit) => touching(edits, edit).every((other) => areApart(edit, other))) &&
      (fresh.length > 0 || fix.dockerignore !== undefined) &&
      (fix.dockerignore === undefined || dockerignore === undefined);
    if (!isFree) {
      left.push(one);
      continue;
    }
    made.push(one);
    for (const edit of fresh) edits.splice(placeFor(edits, edit), 0, edit);
    dockerignore ??= fix.dockerignore;
  }
  return { made, left, edits, dockerignore };
}

/** Those of edits in text order that begin or end where another one is. O(log edits), and those found. */
function touching(edits: readonly TextEdit[], { span }: TextEdit): readonly TextEdit[] {
  const before = countUpTo(edits, span.start - 1, (other) => other.span.end);
  return edits.slice(
    before,
    countUpTo(edits, span.end, (other) => other.span.start),
  );
}

/** Behind all that begin where it does: insertions at one place keep their order. */
function placeFor(edits: readonly TextEdit[], { span }: TextEdit): number {
  return countUpTo(edits, span.start, (other) => other.span.start);
}

function isSame(a: TextEdit, b: TextEdit): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end && a.newText === b.newText;
}

function areApart(a: TextEdit, b: TextEdit): boolean {
  if (isInsertion(a) && isInsertion(b)) {
    return a.span.start !== b.span.start || isOption(a) === isOption(b);
  }
  return a.span.end < b.span.start || b.span.end < a.span.start;
}

function isInsertion({ span }: TextEdit): boolean {
  return span.start === span.end;
}

/** An option belongs to the word before it, so it cannot stand behind a command that was added there. */
function isOption({ newText }: TextEdit): boolean {
  return /^\s+-/.test(newText);
}
