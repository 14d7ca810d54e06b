import type { Span } from "../text/span.ts";

/** A word of a command, by offsets of the Dockerfile. */
export interface ShellWord {
  /** Quotes and escapes taken away, variables and globs as written: `$X/*.deb`. */
  readonly text: string;
  /** Where it stands, quotes included. */
  readonly span: Span;
  /** False when it holds a variable or a substitution: its value is not known from the text. */
  readonly isLiteral: boolean;
  /** Whether it has an unquoted `*`, `?`, `[…]` or `{a,b}`. */
  readonly isPattern: boolean;
}

/** `> file` and its like. */
export interface ShellRedirect {
  /** `>`, `>>`, `<`, `&>`, …; `<<` for a heredoc of the shell. */
  readonly operator: string;
  /** Undefined for a heredoc and in half-typed text. */
  readonly target: ShellWord | undefined;
}

/** When a command runs, seen from a RUN that succeeds. */
export type ShellCertainty =
  /** It has run, and it succeeded or its failure was forgiven by `;`. */
  | "always"
  /** It may not have run: behind `||`, in a branch, loop, function or in the background. */
  | "maybe";

/** A simple command with its arguments. */
export interface ShellCommand {
  /** Name of the program without directories, behind wrappers (`sudo`, `env A=b`, `exec`, `command`, `time`, `nice`, `eatmydata`); undefined when only a run could tell. */
  readonly name: string | undefined;
  /** The name with its directories as written: `/usr/bin/pip`; undefined where the name is. */
  readonly path: string | undefined;
  /** Where the name stands; the start of the command when it has none. */
  readonly nameSpan: Span;
  /** Behind the name, options included. */
  readonly args: readonly ShellWord[];
  /** `A=b` before the name, and by `env`; undefined value when not literal. */
  readonly assignments: ReadonlyMap<string, string | undefined>;
  /** Names of the wrappers before the name, outermost first; `exec` among them never comes back. */
  readonly wrappers: readonly string[];
  readonly redirects: readonly ShellRedirect[];
  /** From its first assignment, wrapper or name to its last word or redirection. */
  readonly span: Span;
  readonly certainty: ShellCertainty;
  /** Position in its pipeline, from 0, and how many commands it has; 0 of 1 for a command alone. */
  readonly pipePlace: number;
  readonly pipeLength: number;
  /** How deep it stands inside `$(…)`, `(…)`, braces, branches and loops; 0 at the top. */
  readonly depth: number;
  /** Index into `ShellScript.statements` of the top-level statement it belongs to. */
  readonly statement: number;
}

/** A part of the top level: commands joined by `&&` and `||`, ended by `;` or a line break. */
export interface ShellStatement {
  readonly span: Span;
  /** The parts between its top-level `&&` and `||`, in order; one for anything else. */
  readonly parts: readonly Span[];
  /** One fewer than `parts`. */
  readonly operators: readonly ("&&" | "||")[];
  readonly isInBackground: boolean;
}

/** The commands of an instruction in shell form, of the body of a RUN heredoc, or of `sh -c` in exec form. */
export interface ShellScript {
  /** In text order, those inside substitutions, branches and functions included. */
  readonly commands: readonly ShellCommand[];
  /** The top level, in text order. */
  readonly statements: readonly ShellStatement[];
  /**
   * `line`: the instruction's own logical line, where commands can be added with ` && …`; `heredoc`: the body of a heredoc, a line for
   * each command; `exec`: words of a JSON array, not to be edited.
   */
  readonly form: "line" | "heredoc" | "exec";
  /** Where the script stands; the body for `heredoc`. */
  readonly span: Span;
  /** Whether a failing command ends the script: `set -e` at its start, or a chain of `&&` only. */
  readonly stopsAtFailure: boolean;
  /** Whether all of it was understood; edits are offered only then. */
  readonly isComplete: boolean;
}
