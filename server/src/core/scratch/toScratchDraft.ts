import { parseDockerfile } from "../dockerfile/parse.ts";
import type { Dockerfile } from "../dockerfile/syntax.ts";
import { type TextEdit, applyEdits } from "../text/edit.ts";

/** A rewrite in the making. */
export interface Draft {
  readonly edits: readonly TextEdit[];
  /** How many instructions the file has more, or fewer, than before. */
  readonly addedInstructions: number;
  readonly addedStages: number;
  readonly caveats: readonly string[];
  /** Content bytes of the new image; undefined where its lines do not tell. */
  readonly bytes: number | undefined;
}

/** Why a draft cannot be made, one sentence. */
export interface Obstacle {
  readonly reason: string;
}

/** Whether the text comes out as meant: it parses as well as before, and ends with a stage from scratch that starts something without a shell. */
export function isSound(before: Dockerfile, draft: Draft): boolean {
  const after = parseDockerfile(applyEdits(before.text, draft.edits));
  const final = after.stages.at(-1);
  if (final?.base.kind !== "scratch") return false;
  const isCounted =
    after.instructions.length === before.instructions.length + draft.addedInstructions &&
    after.stages.length === before.stages.length + draft.addedStages;
  const isUnderstood =
    after.problems.length <= before.problems.length &&
    after.instructions.every(({ keyword }) => keyword !== "unknown");
  const isBare = final.instructions.every(({ keyword, form }) => {
    const starts = keyword === "ENTRYPOINT" || keyword === "CMD";
    return starts ? form === "exec" : !withShell.has(keyword);
  });
  return isCounted && isUnderstood && isBare;
}

const withShell: ReadonlySet<string> = new Set(["RUN", "SHELL", "ONBUILD"]);
