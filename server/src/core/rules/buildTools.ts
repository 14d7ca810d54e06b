import type { ShellCommand, ShellWord } from "../dockerfile/shellScript.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { RuleContext } from "./context.ts";

/** A command that installs packages, some of which only a build needs. */
export interface ToolInstall {
  readonly command: ShellCommand;
  /** Program that installs: `apt-get`, `apk`, `dnf`, … */
  readonly manager: string;
  /** `install` or `add`. */
  readonly verb: ShellWord;
  /** Packages that only a build needs, as written; never empty. */
  readonly tools: readonly ShellWord[];
  /** All other packages. */
  readonly others: readonly ShellWord[];
}

/**
 * Installations of compilers, headers and the like by a RUN that has to succeed in them; empty where the same RUN takes packages away again. git
 * counts where a shipped RUN clones with it.
 */
export function buildToolsOf(context: RuleContext, run: Instruction): readonly ToolInstall[] {
  const script = run.keyword === "RUN" ? context.shellOf(run) : undefined;
  const installers = script?.commands.filter(isInstaller) ?? [];
  if (installers.some(removesPackages)) return [];
  return installers
    .filter(({ certainty }) => certainty === "always")
    .map((command) => toolInstall(context, command))
    .filter((install) => install !== undefined);
}

function isInstaller({ name }: ShellCommand): boolean {
  return name !== undefined && installVerbs.has(name);
}

function toolInstall(context: RuleContext, command: ShellCommand): ToolInstall | undefined {
  const { name = "", args } = command;
  const words = withoutValues(args);
  const verb = words.find(({ text }) => !text.startsWith("-"));
  if (verb === undefined || verb.text !== installVerbs.get(name)) return undefined;
  const packages = words.filter((word) => word !== verb && !word.text.startsWith("-"));
  const isTool = ({ text, isLiteral }: ShellWord): boolean =>
    isLiteral && (isBuildPackage(nameOf(text)) || (nameOf(text) === "git" && clones(context)));
  const tools = packages.filter(isTool);
  if (tools.length === 0) return undefined;
  const others = packages.filter((word) => !isTool(word));
  return { command, manager: name, verb, tools, others };
}

const installVerbs: ReadonlyMap<string, string> = new Map([
  ["apt-get", "install"],
  ["apt", "install"],
  ["apk", "add"],
  ["dnf", "install"],
  ["yum", "install"],
  ["microdnf", "install"],
  ["zypper", "install"],
]);

/** Options that take the next word. */
const valued: ReadonlySet<string> = new Set([
  "-t",
  "--virtual",
  "-X",
  "--repository",
  "-o",
  "--option",
  "--target-release",
  "-c",
]);

function withoutValues(args: readonly ShellWord[]): readonly ShellWord[] {
  return args.filter((_, at) => !valued.has(args[at - 1]?.text ?? ""));
}

/** A later RUN of the final image that takes these packages, or the name they were added under, away again; undefined where none surely does. */
export function laterRemovalOf(
  context: RuleContext,
  run: Instruction,
  { command, manager, tools }: ToolInstall,
): Instruction | undefined {
  const virtual = command.args.findIndex(({ text }) => text === "-t" || text === "--virtual");
  const group = manager === "apk" && virtual >= 0 ? command.args[virtual + 1]?.text : undefined;
  const wanted = group === undefined ? tools.map(({ text }) => nameOf(text)) : [group];
  const removing = removingRuns(context);
  const found = wanted
    .map((name) => removing.get(name)?.find(({ index }) => index > run.index))
    .filter((one) => one !== undefined);
  return found.toSorted((a, b) => a.index - b.index)[0];
}

/** RUNs of the final image that surely take packages away, by what they name, in text order. */
function removingRuns(context: RuleContext): ReadonlyMap<string, readonly Instruction[]> {
  return context.recall("runs that remove packages", () => {
    const byName = new Map<string, Instruction[]>();
    for (const run of context.shipped) {
      const commands = run.keyword === "RUN" ? (context.shellOf(run)?.commands ?? []) : [];
      for (const command of commands) {
        if (command.certainty !== "always" || !removesPackages(command)) continue;
        for (const { text } of command.args) {
          const runs = byName.get(nameOf(text));
          if (runs === undefined) byName.set(nameOf(text), [run]);
          else runs.push(run);
        }
      }
    }
    return byName;
  });
}

function removesPackages({ name, args }: ShellCommand): boolean {
  if (name === undefined || !installVerbs.has(name)) return false;
  return args.some(({ text }) => removals.has(text));
}

const removals: ReadonlySet<string> = new Set([
  "purge",
  "remove",
  "autoremove",
  "autopurge",
  "del",
  "erase",
]);

/** Name of a package as it is asked for, without version and architecture. */
export function nameOf(asked: string): string {
  return asked.replace(/[=<>~@:].*$/, "");
}

/** Whether only a build needs a package of a distribution, told by its name: compilers with their parts, headers, build systems. */
export function isBuildPackage(name: string): boolean {
  return (
    plainTools.has(name) ||
    compilerPart.test(name) ||
    compilerLibrary.test(name) ||
    developmentFiles.test(name)
  );
}

const plainTools: ReadonlySet<string> = new Set(
  (
    "build-essential build-base alpine-sdk base-devel dpkg-dev rpm-build make cmake cmake-data " +
    "automake autoconf libtool libtool-bin m4 bison flex ninja ninja-build " +
    "samurai meson patch gcc-c++ pkg-config pkgconf pkgconf-bin pkgconfig binutils-common " +
    "libbinutils rustc cargo rust golang golang-go fakeroot debhelper devscripts " +
    "kernel-headers glibc-headers git-man"
  ).split(" "),
);
const compilerPart =
  /^(?:gcc|g\+\+|cpp|clang|clangd|llvm|lld|gfortran|binutils|golang-\d[\w.]*|rustc-\d|cc1)(?:-\d[\w.]*)?(?:-(?:go|src|tools|(?:x86-64|aarch64|arm|i686|riscv64|s390x|powerpc64le)-linux-gnu\w*))?$/;
/** Libraries of Debian and Fedora that only compilers and linkers use, or what they link for checking. */
const compilerLibrary =
  /^lib(?:isl\d*|mpc\d*|cc1-0|ctf\d*|ctf-nobfd0|gprofng0|(?:a|hwa|l|t|ub)san\d*|itm1)$/;
const developmentFiles = /(?:-dev|-devel|-headers|-headers-[\w.+-]+)$/;

/** Development files that only a C library's own headers need: taking them away takes no other library with them. */
export function isPureTool(name: string): boolean {
  return (
    !/-dev(?:el)?$/.test(name) || /^(?:musl|libc|libc6|glibc|linux-libc)-dev(?:el)?$/.test(name)
  );
}

function clones(context: RuleContext): boolean {
  return context.recall("whether a shipped RUN clones", () =>
    context.shipped.some(
      (one) =>
        one.keyword === "RUN" &&
        context
          .shellOf(one)
          ?.commands.some(({ name, args }) => name === "git" && args[0]?.text === "clone") === true,
    ),
  );
}
