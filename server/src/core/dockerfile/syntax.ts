import type { Problem } from "../result.ts";
import type { Span } from "../text/span.ts";

/** Instruction keywords of the Dockerfile reference; anything else a user typed is `unknown`. */
export type Keyword =
  | "ADD"
  | "ARG"
  | "CMD"
  | "COPY"
  | "ENTRYPOINT"
  | "ENV"
  | "EXPOSE"
  | "FROM"
  | "HEALTHCHECK"
  | "LABEL"
  | "MAINTAINER"
  | "ONBUILD"
  | "RUN"
  | "SHELL"
  | "STOPSIGNAL"
  | "USER"
  | "VOLUME"
  | "WORKDIR"
  | "unknown";

/** `--name=value` before the arguments; value undefined for a bare `--link`. */
export interface Flag {
  readonly name: string;
  readonly value: string | undefined;
  readonly span: Span;
}

/** One word of the arguments: as written, and with quotes, escapes and continuations taken away. Variables stay as written. */
export interface Word {
  readonly text: string;
  readonly span: Span;
}

/** `<<NAME` of RUN, COPY or ADD. */
export interface Heredoc {
  readonly name: string;
  /** False when the name is quoted: no variable expansion in the body. */
  readonly expands: boolean;
  /** `<<-` takes leading tabs away. */
  readonly stripsTabs: boolean;
  /** The body between the instruction's line and the closing name; up to the end of the text when it is not closed. */
  readonly bodySpan: Span;
  readonly isClosed: boolean;
}

/** One instruction as it stands in the text. */
export interface Instruction {
  /** Position among all instructions of the file, from 0. */
  readonly index: number;
  readonly keyword: Keyword;
  /** As written, `from` or `FROM`. */
  readonly keywordText: string;
  readonly keywordSpan: Span;
  /** From the keyword to the last character of the instruction, heredoc bodies and their closing lines included. */
  readonly span: Span;
  /** Where the logical line ends before any heredoc body: the place for an inlay hint. */
  readonly lineEnd: number;
  /** Zero-based, first and last line of `span`. */
  readonly startLine: number;
  readonly endLine: number;
  readonly flags: readonly Flag[];
  /** Arguments after the flags, as the builder sees them: continuations joined, comment lines inside removed, outer blanks trimmed. */
  readonly argumentText: string;
  readonly argumentSpan: Span;
  /** Arguments split at blanks, quotes respected; the items of the array in exec form. Empty for a shell-form RUN's heredoc body. */
  readonly words: readonly Word[];
  /** `exec` when the arguments are a valid JSON array of strings. */
  readonly form: "shell" | "exec";
  readonly heredocs: readonly Heredoc[];
  /** For ONBUILD the instruction it defers. */
  readonly trigger: Instruction | undefined;
}

/** Where a stage starts from. */
export type StageBase =
  | { readonly kind: "scratch" }
  /** Another stage of this file. */
  | { readonly kind: "stage"; readonly stage: number }
  /** An image by name, variables filled in from global ARG defaults. */
  | { readonly kind: "image"; readonly name: string }
  /** A name that depends on a build argument without a default, or half-typed text. */
  | { readonly kind: "unknown"; readonly text: string };

/** One FROM and what follows it. */
export interface Stage {
  /** From 0, as `COPY --from=0` counts. */
  readonly index: number;
  /** Lower case; undefined without AS. */
  readonly name: string | undefined;
  readonly from: Instruction;
  readonly base: StageBase;
  /** Value of --platform, variables filled in where known. */
  readonly platform: string | undefined;
  /** The FROM itself first, in text order. */
  readonly instructions: readonly Instruction[];
}

/** One `key=value` of a `# tare:` comment. */
export interface TareSetting {
  readonly key: string;
  readonly value: string;
  readonly keySpan: Span;
  readonly valueSpan: Span;
}

/** A `# tare: …` comment line. */
export interface TareDirective {
  readonly span: Span;
  /** Zero-based. */
  readonly line: number;
  readonly settings: readonly TareSetting[];
  /** The instruction on the next instruction line when nothing but comments stand between; undefined for one that holds for the file (before the first instruction) */
  readonly appliesTo: number | undefined;
}

/** A Dockerfile as text, understood as far as it can be; made by `parseDockerfile`. */
export interface Dockerfile {
  readonly text: string;
  /** `\` or a backtick. */
  readonly escape: string;
  /** All instructions of the file in text order, those before the first FROM included. */
  readonly instructions: readonly Instruction[];
  readonly stages: readonly Stage[];
  readonly directives: readonly TareDirective[];
  readonly problems: readonly Problem[];
}
