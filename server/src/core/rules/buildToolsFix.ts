import { appendCommand, insertBehind } from "../dockerfile/runEdits.ts";
import type { ShellCommand, ShellScript } from "../dockerfile/shellScript.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { runsAsRoot } from "./appendedFix.ts";
import { type ToolInstall, isPureTool, nameOf } from "./buildTools.ts";
import type { RuleContext } from "./context.ts";
import type { Fix, Saving } from "./rule.ts";

/** Whether the container itself is started with a build tool: then nothing is said of them. */
export function startsTools(context: RuleContext): boolean {
  return context.shipped.some((one) => {
    const starts = one.keyword === "CMD" || one.keyword === "ENTRYPOINT";
    return starts && context.shellOf(one)?.commands.some(isTool) === true;
  });
}

/** What a fix is made with. */
export interface ToolsFix {
  /** As `lastUseOfTools` has it. */
  readonly lastUse: number;
  readonly saving: Saving | undefined;
}

/**
 * Removes build tools at the end of the RUN that installs them: only where the same RUN uses them and no later one, and where no library that
 * a built program may need would go with them (so not behind `-dev` packages of libraries).
 */
export function toolsFix(
  context: RuleContext,
  run: Instruction,
  install: ToolInstall,
  { lastUse, saving }: ToolsFix,
): readonly Fix[] {
  const script = context.shellOf(run);
  if (script === undefined || !runsAsRoot(context, run)) return [];
  const isPure = install.tools.every(
    ({ text, isPattern }) => !isPattern && isPureTool(nameOf(text)),
  );
  if (!isPure || lastUse > run.index || !usesBehind(script, install)) return [];
  const removal = removalOf(install);
  const appended = removal && appendCommand(context.dockerfile, run, script, removal.command);
  if (removal === undefined || appended === undefined) return [];
  const virtual = removal.isVirtual
    ? [insertBehind(install.verb.span, `--virtual ${virtualName}`)]
    : [];
  return [
    {
      title: "Remove the build tools at the end of the same RUN",
      kind: "quickfix",
      isSafe: false,
      edits: [...virtual, ...appended],
      saving,
    },
  ];
}

const virtualName = ".build-deps";

interface Removal {
  readonly command: string;
  /** Whether the installation gets a name for all it brings. */
  readonly isVirtual: boolean;
}

function removalOf({ manager, command, tools, others }: ToolInstall): Removal | undefined {
  const names = tools.map(({ text }) => nameOf(text));
  switch (manager) {
    case "apk": {
      const isNamed = command.args.some(({ text }) => /^(?:-t|--virtual(?:=.*)?)$/.test(text));
      if (isNamed) return undefined;
      const runtime = runtimeOf(names);
      const keep = runtime === undefined ? "" : `apk add --no-cache ${runtime} && `;
      const isVirtual = others.length === 0;
      return { command: `${keep}apk del ${isVirtual ? virtualName : names.join(" ")}`, isVirtual };
    }
    case "apt":
    case "apt-get":
      return { command: `apt-get purge -y --auto-remove ${names.join(" ")}`, isVirtual: false };
    case "dnf":
    case "yum":
      return { command: `${manager} remove -y ${names.join(" ")}`, isVirtual: false };
    default:
      return undefined;
  }
}

/** What programs may need of a compiler when they run; it would go with it on Alpine, where nothing else asks for it. */
function runtimeOf(names: readonly string[]): string | undefined {
  if (names.some((name) => cxxCompilers.has(name))) return "libstdc++";
  return names.includes("gcc") ? "libgcc" : undefined;
}

const cxxCompilers: ReadonlySet<string> = new Set(["g++", "build-base", "alpine-sdk", "clang"]);

/** Index of the last shipped RUN that may compile something; -1 when none does. */
export function lastUseOfTools(context: RuleContext): number {
  const last = context.shipped.findLast(
    (one) =>
      one.keyword === "RUN" &&
      context.shellOf(one)?.commands.every((each) => !usesTools(each)) !== true,
  );
  return last?.index ?? -1;
}

function usesBehind({ commands }: ShellScript, { command }: ToolInstall): boolean {
  return commands.some((one) => one.span.start > command.span.start && usesTools(one));
}

function isTool({ name }: ShellCommand): boolean {
  return name !== undefined && toolNames.test(name);
}

/** The programs of build tools themselves. */
const toolNames =
  /^(?:(?:g?cc|g\+\+|c\+\+|clang(?:\+\+)?)(?:-\d+)?|g?make|cmake|ninja|meson|cargo|rustc|go|git|ld|as)$/;

function usesTools({ name }: ShellCommand): boolean {
  return name !== undefined && toolUsers.test(name);
}

/** Programs that compile, or that run what compiles. */
const toolUsers =
  /^(?:(?:g?cc|g\+\+|c\+\+|clang(?:\+\+)?|gfortran)(?:-\d+)?|g?make|cmake|ninja|samu|meson|configure|autoreconf|pip[\d.]*|uv|poetry|pipenv|python[\d.]*|npm|npx|yarn|pnpm|bun|node-gyp|gem|bundle|cargo|rustc|go|git|cpanm?|perl|pecl|phpize|docker-php-ext-\w+|luarocks|R|Rscript|ld|as)$/;
