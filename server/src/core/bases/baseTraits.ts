/** What sort of base an image is; smallest first. */
export type BaseKind = "scratch" | "static" | "distroless" | "busybox" | "alpine" | "slim" | "full";

/** The C library that programs of an image are linked with; `none` where there is none. */
export type Libc = "glibc" | "musl" | "uclibc" | "none";

/** The program that installs packages. */
export type PackageManager = "apt" | "apk" | "dnf" | "microdnf" | "none";

/** What an image holds, as far as its maker states it; nothing here is measured. */
export interface BaseTraits {
  readonly kind: BaseKind;
  /** For people: `Node.js on Debian, slim`. */
  readonly title: string;
  /** `Node.js`; undefined for a plain system. */
  readonly runtime: string | undefined;
  readonly libc: Libc;
  /** What `/bin/sh` is; `none` where a shell form cannot run. */
  readonly shell: "dash" | "bash" | "busybox" | "none";
  readonly packageManager: PackageManager;
  /** Whether compilers and what else building takes are there (buildpack-deps). */
  readonly hasBuildTools: boolean;
  /** What of them is named: `compilers, git and curl`; absent where there are none. */
  readonly buildTools?: string;
  /** A shell that is no `/bin/sh`, so that RUN does not find it: `BusyBox`; absent where there is none. */
  readonly hiddenShell?: string;
  /** Whether it brings the runtime of a language without its compiler: a JRE. */
  readonly isRuntimeOnly: boolean;
  /** Who a container runs as when the file sets no USER; undefined for root. */
  readonly runsAs: string | undefined;
  /** Names in its `etc/passwd`; empty for none. */
  readonly users: readonly string[];
  /** What its ENTRYPOINT runs when the file sets none; undefined where it sets none or it does not matter. */
  readonly entrypoint: string | undefined;
}

/** What a kind of base is good for and what it costs, one sentence each. */
export interface KindAdvice {
  readonly name: string;
  readonly goodFor: string;
  readonly costs: string;
}

/** The trade-off of each kind. Sizes are orders of magnitude of what recordedSizes.json has: a figure for an image is in its BaseSizes. */
export const kindAdvice: Readonly<Record<BaseKind, KindAdvice>> = {
  scratch: {
    name: "Empty image",
    goodFor: "A static binary that brings all it needs.",
    costs:
      "0 bytes. No shell, no libc, no CA certificates, no time zones, no users: what the program needs is copied in.",
  },
  static: {
    name: "Distroless, static",
    goodFor: "A static binary that wants CA certificates, time zones and a user without root.",
    costs: "2 to 3 MB. No shell, no libc, no package manager.",
  },
  distroless: {
    name: "Distroless",
    goodFor: "What ships: a program and its runtime, with little else.",
    costs:
      "20 MB with glibc alone, well over 100 MB with some runtimes: not small by its name. No shell and no package manager, so that RUN, shell-form CMD and most HEALTHCHECKs do not work.",
  },
  busybox: {
    name: "BusyBox",
    goodFor: "A small program that still wants a shell and the usual small tools.",
    costs: "1 to 5 MB. No package manager, no CA certificates.",
  },
  alpine: {
    name: "Alpine",
    goodFor: "Small images that still want a shell and packages.",
    costs:
      "8 MB for the system (4 MB compressed), and the runtime on top. musl in place of glibc: prebuilt binaries and wheels for glibc do not run, and some programs behave otherwise.",
  },
  slim: {
    name: "Slim",
    goodFor: "Tests, and shipping where glibc and a package manager are needed.",
    costs:
      "Some 75 MB for a slim Debian (30 MB compressed), and the runtime on top. Most of what only builds use is left out.",
  },
  full: {
    name: "Full distribution",
    goodFor: "Development and build stages: the tools are there, or one package away.",
    costs:
      "From some 80 MB for a bare system to more than 1 GB for a language with all its build tools, most of it never used by what ships.",
  },
};

/** Users of Debian and Ubuntu, which base-passwd makes. */
export const debianUsers: readonly string[] = [
  "root",
  "daemon",
  "bin",
  "sys",
  "sync",
  "games",
  "man",
  "lp",
  "mail",
  "news",
  "uucp",
  "proxy",
  "www-data",
  "backup",
  "list",
  "irc",
  "nobody",
  "_apt",
];

/** Users of Alpine, which alpine-baselayout makes. */
export const alpineUsers: readonly string[] = [
  "root",
  "bin",
  "daemon",
  "lp",
  "sync",
  "shutdown",
  "halt",
  "mail",
  "news",
  "uucp",
  "ftp",
  "sshd",
  "games",
  "ntp",
  "guest",
  "nobody",
];

/** Users of distroless images. Its base/README.md. */
export const distrolessUsers: readonly string[] = ["root", "nobody", "nonroot"];

/** Users of the Red Hat family, from its setup package. */
export const redHatUsers: readonly string[] = [
  "root",
  "bin",
  "daemon",
  "adm",
  "lp",
  "sync",
  "shutdown",
  "halt",
  "mail",
  "operator",
  "games",
  "ftp",
  "nobody",
];

/** Traits of `scratch`. */
export const scratchTraits: BaseTraits = {
  kind: "scratch",
  title: "Empty image (scratch)",
  runtime: undefined,
  libc: "none",
  shell: "none",
  packageManager: "none",
  hasBuildTools: false,
  isRuntimeOnly: false,
  runsAs: undefined,
  users: [],
  entrypoint: undefined,
};
