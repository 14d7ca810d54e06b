import type { ElfFacts } from "../image/elf.ts";
import type { Span } from "../text/span.ts";

/** What a container starts. */
export interface Program {
  /** What is started, as exec form: the plain shell form split into its words, CMD behind ENTRYPOINT. Empty when nothing is. */
  readonly words: readonly string[];
  /** Index of the ENTRYPOINT, or else CMD, that names it; undefined when the base image does. */
  readonly instruction: number | undefined;
  /** `plainShell`: shell form of one command with literal words, the same without a shell; `shell`: it needs one. */
  readonly form: "exec" | "plainShell" | "shell";
  /** Paths of the final file system from what is named to what it is, links followed: the last is the file. Empty when it cannot be found, or no image is read. */
  readonly paths: readonly string[];
  readonly kind: "elf" | "script" | "wasm" | "data" | "missing" | "unknown";
  /** For `elf`. */
  readonly facts: ElfFacts | undefined;
  /** For `script`: what is behind `#!`, split at blanks. */
  readonly interpreter: readonly string[] | undefined;
  /** For a `script` that ends in `exec "$@"`: the words it hands over to. Absent where it does not, or its end was not kept. */
  readonly handsOver?: readonly string[];
}

/** What a check is about. */
export type CheckKind =
  | "program"
  | "libraries"
  | "dynamic-loading"
  | "shell"
  | "run"
  | "certificates"
  | "time-zones"
  | "user"
  | "temporary-files"
  | "name-service"
  | "health-check"
  | "writable-directories"
  | "signals";

/** One line of the readiness list. */
export interface Check {
  readonly kind: CheckKind;
  /** `ok`: scratch has all it takes; `needs`: something has to be carried over, and what is known; `blocks`: it cannot be done; `unknown`: only a build or a run can tell. */
  readonly state: "ok" | "needs" | "blocks" | "unknown";
  /** For people, without a full stop: `CA certificates`. */
  readonly title: string;
  /** What it was seen from, one sentence: `bin/app imports crypto/x509 and etc/ssl/certs/ca-certificates.crt is in the image.` */
  readonly evidence: string;
  /** Of what has to be carried over; undefined where nothing has, or it is not known. */
  readonly bytes: number | undefined;
  /** The line it speaks of. */
  readonly span: Span | undefined;
}

/** A file or directory of the final file system that the container cannot do without. */
export interface CarriedPath {
  /** Relative, `usr/lib/libc.so.6`; a link stands for itself, its target is carried too. */
  readonly path: string;
  readonly isDirectory: boolean;
  /** Of the file, or of all below a directory; each inode group once. */
  readonly bytes: number;
  readonly why: CheckKind | "asset";
}

/** How far the final stage is from `FROM scratch`, and on which evidence. */
export interface Readiness {
  /** `ready`: it can be done with what is known; `open`: nothing blocks, and something is unknown; `blocked`: see the checks. */
  readonly verdict: "ready" | "open" | "blocked";
  readonly program: Program | undefined;
  /** In the order of `CheckKind`. */
  readonly checks: readonly Check[];
  /** What a scratch image has to hold, each path once, by path; undefined until the image is read. */
  readonly carried: readonly CarriedPath[] | undefined;
  /** Sum of `carried`; undefined until the image is read and where something needed is unknown. */
  readonly carriedBytes: number | undefined;
  /** The language that the program is made with, as far as the text or the program tells. */
  readonly toolchain: Toolchain | undefined;
}

/** What makes programs, and what they take to run. */
export type Toolchain =
  | "go"
  | "rust"
  | "zig"
  | "c"
  | "graalvm"
  | "node"
  | "python"
  | "java"
  | "ruby"
  | "php"
  | "dotnet";
