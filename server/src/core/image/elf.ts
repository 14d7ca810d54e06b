/** What an ELF file says of itself, read from its headers and sections without running it. System V ABI, gabi 4+. */
export interface ElfFacts {
  readonly bits: 32 | 64;
  /** As OCI platforms name it (`amd64`, `arm64`, `386`, `arm`, `riscv64`, …), else `machine 243`. */
  readonly architecture: string;
  readonly type: "executable" | "shared" | "relocatable" | "core" | "other";
  /** Path in PT_INTERP: the loader that must be in the image. Undefined for static programs and most libraries. */
  readonly interpreter: string | undefined;
  /** DT_NEEDED, in order; empty for static files. */
  readonly needed: readonly string[];
  readonly soname: string | undefined;
  /** DT_RUNPATH, else DT_RPATH, split at colons, `$ORIGIN` as written. */
  readonly runPath: readonly string[];
  readonly runPathKind: "runpath" | "rpath" | undefined;
  /** DT_FLAGS_1 has DF_1_PIE: a program, though its type is `shared`. */
  readonly isPie: boolean;
  /** Sum of sizes of sections with debug information (`.debug_*`, `.zdebug_*`, `.gdb_index`, …); undefined without a section table. */
  readonly debugBytes: number | undefined;
  /** Sum of sizes of all sections `strip` takes away: debug information, `.symtab`, `.strtab` (of relocatable files only the first); undefined without a section table. */
  readonly removableBytes: number | undefined;
  /** Of Go programs, from `.go.buildinfo`; undefined for all others. */
  readonly go: GoBuildInfo | undefined;
  /** Packed by UPX: what is inside cannot be seen. */
  readonly isUpx: boolean;
  /** Of programs: which files that containers often lack their constants name. Undefined for libraries, and where it was not or cannot be seen. */
  readonly mentions?: readonly ElfMention[];
  /**
   * Set where the program headers or the dynamic section could not be read whole (damaged, or too large a file in a stream): then nothing is known of
   * interpreter, needed, soname and runPath, and what stands there must not be taken for a fact.
   */
  readonly isLoadingUnknown?: true;
}

/** What the Go linker wrote into a program. */
export interface GoBuildInfo {
  /** `go1.22.1`; "" where it is a Go program that does not say, or the rest cannot be read. */
  readonly version: string;
  /** Import path of the main package; undefined when not recorded. */
  readonly path: string | undefined;
  /** `CGO_ENABLED=0` and the like, in order. */
  readonly settings: readonly string[];
}

/** A kind of file that a program names in its constants. */
export type ElfMention =
  | "certificates"
  | "time-zones"
  | "users"
  | "resolver"
  | "shell"
  | "temporary-files";
