import { languageTool } from "../../bases/caveats/caveat.ts";
import type { ShellCommand } from "../../dockerfile/shellScript.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { NextBest } from "./nextBest.ts";
import type { Hindrance, StagePlan } from "./stagePlan.ts";

/** Where the packages of a Python program are, or will be. */
export interface PythonPackages {
  /** Of the virtual environment, `/opt/venv`. */
  readonly directory: string;
  /** Whether the file does not make it yet. */
  readonly isInserted: boolean;
  readonly inserted: StagePlan["inserted"];
  /** `PATH="/opt/venv/bin:$PATH"`. */
  readonly searchPath: string;
}

interface PipCall {
  readonly run: Instruction;
  readonly command: ShellCommand;
}

/**
 * The virtual environment of the chain, or one to be made above the first line that installs packages. Undefined where nothing is installed; a reason
 * where packages come in a way that an environment would not catch.
 */
export function pythonPackagesOf(context: NextBest): PythonPackages | Hindrance | undefined {
  const calls = context.shipped
    .filter(({ keyword }) => keyword === "RUN")
    .flatMap((run) =>
      (context.input.shellOf(run)?.commands ?? []).map((command): PipCall => ({ run, command })),
    );
  const made = calls
    .map(({ command }) => madeEnvironment(command))
    .find((path) => path !== undefined);
  if (made !== undefined) return environmentAt(made);
  const other = calls.find(({ command }) => otherManagers.has(languageTool(command).name));
  if (other !== undefined) {
    const name = languageTool(other.command).name;
    return {
      reason: `Line ${other.run.startLine + 1} installs with ${name}: where it puts packages is not followed here. Have it install into a virtual environment.`,
    };
  }
  const installs = calls.filter(({ command }) => isPipInstall(command));
  const [first] = installs;
  if (first === undefined) return undefined;
  return newEnvironment(context, installs, first);
}

const newDirectory = "/opt/venv";

function newEnvironment(
  { shipped, base, style, stage }: NextBest,
  installs: readonly PipCall[],
  { run }: PipCall,
): PythonPackages | Hindrance {
  const line = run.startLine + 1;
  if (base?.familiar !== "python" || !stage.instructions.includes(run)) {
    return { reason: `Where line ${line} installs packages is not known.` };
  }
  const away = installs.find(({ command }) => goesElsewhere(command));
  if (away !== undefined) {
    return {
      reason: `Line ${away.run.startLine + 1} tells pip where to install: put the packages into a virtual environment instead.`,
    };
  }
  const isRoots = !shipped.some((one) => one.keyword === "USER" && one.index < run.index);
  const isKept = shipped
    .filter((one) => one.keyword === "ENV" && /(?:^|\s)PATH[= ]/.test(one.argumentText))
    .every(({ argumentText }) => /\$\{?PATH\b/.test(argumentText));
  if (!isRoots || !isKept) {
    return { reason: `Line ${line} installs where a virtual environment would not be found.` };
  }
  const environment = environmentAt(newDirectory);
  const lines = [
    `${style.keyword("RUN")} python -m venv ${newDirectory}`,
    `${style.keyword("ENV")} ${environment.searchPath}`,
  ];
  return {
    ...environment,
    isInserted: true,
    inserted: [{ above: run, line: lines.join(style.lineBreak) }],
  };
}

function environmentAt(directory: string): PythonPackages {
  return {
    directory,
    isInserted: false,
    inserted: [],
    searchPath: `PATH="${directory}/bin:$PATH"`,
  };
}

/** `python -m venv PATH`, `virtualenv PATH`, `uv venv PATH`. */
function madeEnvironment(command: ShellCommand): string | undefined {
  const { name } = languageTool(command);
  const isUv = name === "uv" && languageTool(command).verb === "venv";
  if (name !== "venv" && name !== "virtualenv" && !isUv) return undefined;
  const path = command.args.findLast(({ text }) => !text.startsWith("-"));
  return path?.isLiteral === true && path.text.startsWith("/") ? path.text : undefined;
}

const otherManagers: ReadonlySet<string> = new Set([
  "conda",
  "mamba",
  "micromamba",
  "pdm",
  "pipenv",
  "pipx",
  "poetry",
  "uv",
]);

function isPipInstall(command: ShellCommand): boolean {
  const { name, verb } = languageTool(command);
  return /^pip[\d.]*$/.test(name) && verb === "install";
}

function goesElsewhere({ path = "", args }: ShellCommand): boolean {
  return (
    path.includes("/") ||
    args.some(({ text }) => /^(?:--target|--prefix|--root|--user|--python|-t)\b/.test(text))
  );
}
