import type { PackageManager } from "../../bases/baseTraits.ts";
import type { ShellCommand } from "../../dockerfile/shellScript.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { NextBest } from "./nextBest.ts";

/** What the chain's RUN lines install with the package manager of the system. */
export interface SystemPackages {
  /** Needed when something is compiled or fetched, and by nothing that a container starts by itself. */
  readonly forBuilding: readonly string[];
  /** All others: whether the program runs them cannot be seen. */
  readonly others: readonly InstalledPackage[];
  /** RUN lines that do nothing but install such others, and clean up: they can be said again. */
  readonly repeatable: readonly Instruction[];
}

/** A package and the line that installs it. */
export interface InstalledPackage {
  readonly name: string;
  readonly manager: PackageManager;
  readonly run: Instruction;
}

/** Reads the RUN lines of the chain. Names that variables hold are packages as they are written. */
export function systemPackagesOf({ shipped, input }: NextBest): SystemPackages {
  const runs = shipped
    .filter(({ keyword }) => keyword === "RUN")
    .map((run) => ({ run, commands: input.shellOf(run)?.commands ?? [] }));
  const installed = runs.flatMap(({ run, commands }) => installedIn(run, commands));
  const others = installed.filter(({ isForBuilding }) => !isForBuilding);
  const tools = installed.filter(({ isForBuilding }) => isForBuilding);
  return {
    forBuilding: tools.map(({ name }) => name),
    others,
    repeatable: runs
      .filter(
        ({ run, commands }) =>
          input.shellOf(run)?.isComplete === true &&
          others.some((one) => one.run === run) &&
          tools.every((one) => one.run !== run || harmless.has(one.name)) &&
          commands.every(isPackageCommand),
      )
      .map(({ run }) => run),
  };
}

/** Counted with the tools, and small enough to be said again beside what is needed. */
const harmless: ReadonlySet<string> = new Set(["ca-certificates", "curl", "wget"]);

/** Whether a RUN does nothing but install packages of the system, so that there is nothing in it to leave behind. */
export function isOnlyInstalling(context: NextBest, run: Instruction): boolean {
  return systemPackagesOf(context).repeatable.includes(run);
}

interface Installed extends InstalledPackage {
  readonly isForBuilding: boolean;
}

function installedIn(run: Instruction, commands: readonly ShellCommand[]): readonly Installed[] {
  return commands.flatMap((command) => {
    const names = installedBy(command);
    // Python beside a compiler is node-gyp's.
    const isCompiling = names.some((name) => compilers.has(name));
    return names.map((name) => ({
      name,
      run,
      manager: managerOf(command),
      isForBuilding: isForBuilding(name) || (isCompiling && /^python3?$/.test(name)),
    }));
  });
}

const compilers: ReadonlySet<string> = new Set([
  "build-base",
  "build-essential",
  "g++",
  "gcc",
  "make",
]);

function managerOf({ name = "" }: ShellCommand): PackageManager {
  if (name.startsWith("apt")) return "apt";
  if (name === "apk" || name === "microdnf") return name;
  return "dnf";
}

const installers: Readonly<Record<string, readonly string[]>> = {
  "apt-get": ["install"],
  apt: ["install"],
  aptitude: ["install"],
  apk: ["add"],
  dnf: ["install"],
  microdnf: ["install"],
  yum: ["install"],
};

/** Options that take the next word as their value. */
const withValue: ReadonlySet<string> = new Set(["-t", "--target-release", "-o", "--virtual", "-X"]);

function installedBy({ name = "", args }: ShellCommand): readonly string[] {
  const verbs = installers[name];
  const words = args.map(({ text }) => text);
  const verb = words.findIndex((word) => verbs?.includes(word));
  if (verbs === undefined || verb < 0) return [];
  return words.slice(verb + 1).flatMap((word, at, all) => {
    const isValue = withValue.has(all[at - 1] ?? "") || (all[at - 1] === "-t" && name === "apk");
    return word.startsWith("-") || isValue ? [] : [word.replace(/(.)[=<>~:@].*$/, "$1")];
  });
}

function isPackageCommand({ name = "", args, redirects }: ShellCommand): boolean {
  if (redirects.length > 0) return false;
  if (installers[name] !== undefined) return true;
  if (name === "set") return true;
  return (
    name === "rm" &&
    args.every(({ text }) => /^-\w+$|^\/(?:var\/(?:lib\/apt|cache)|tmp)\//.test(text))
  );
}

/** Tools and headers; the libraries that headers belong to show in the files that need them. */
function isForBuilding(name: string): boolean {
  return (
    buildNames.has(name) ||
    /-(?:dev|devel|headers)$/.test(name) ||
    /^(?:gcc|g\+\+|clang|llvm)-\d/.test(name)
  );
}

const buildNames: ReadonlySet<string> = new Set([
  "apt-transport-https",
  "apt-utils",
  "autoconf",
  "automake",
  "build-base",
  "build-essential",
  "ca-certificates",
  "clang",
  "cmake",
  "cmake3",
  "curl",
  "g++",
  "gcc",
  "git",
  "gnupg",
  "gnupg2",
  "libtool",
  "make",
  "maven",
  "musl-dev",
  "nasm",
  "ninja-build",
  "patch",
  "pkg-config",
  "pkgconf",
  "python-is-python3",
  "rustc",
  "cargo",
  "unzip",
  "wget",
  "xz-utils",
  "zip",
]);
