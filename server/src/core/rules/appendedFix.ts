import { appendCommand } from "../dockerfile/runEdits.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { RuleContext } from "./context.ts";
import type { Fix, Saving } from "./rule.ts";

/** What a fix says that deletes files with a command at the end of their RUN. */
export interface AppendedFix {
  readonly title: string;
  readonly command: string;
  readonly saving: Saving | undefined;
}

/** A fix that runs a command behind all others of a RUN; none where it cannot be added, or where it may not be allowed to delete. Never safe. */
export function appendedFix(
  context: RuleContext,
  run: Instruction,
  { title, command, saving }: AppendedFix,
): readonly Fix[] {
  const script = run.keyword === "RUN" ? context.shellOf(run) : undefined;
  if (script === undefined || !runsAsRoot(context, run)) return [];
  const edits = appendCommand(context.dockerfile, run, script, command);
  return edits === undefined ? [] : [{ title, kind: "quickfix", isSafe: false, edits, saving }];
}

/** Paths as words of a command, with a leading slash; undefined when one would need quotes. */
export function toShellPaths(paths: readonly string[]): string | undefined {
  const isPlain = paths.length > 0 && paths.every((path) => /^[\w.+@-][\w.+@/-]*$/.test(path));
  return isPlain ? paths.map((path) => `/${path}`).join(" ") : undefined;
}

/** Whether an instruction runs as root, as far as USER tells: of the file, else of the built image where no line sets it. */
export function runsAsRoot(context: RuleContext, { index }: Instruction): boolean {
  const users = context.recall("lines of users", () =>
    context.shipped.filter(({ keyword }) => keyword === "USER"),
  );
  const before = users.findLast((one) => one.index < index);
  const imageUser =
    users.length === 0 ? context.image?.description.config.settings.user : undefined;
  const user = before?.argumentText ?? imageUser ?? "";
  return /^(?:|root|0)(?::.*)?$/.test(user.trim());
}
