import type { Instruction } from "../dockerfile/syntax.ts";
import type { ShellCommand } from "../dockerfile/shellScript.ts";
import { interpretedLanguageOf } from "../image/programNames.ts";
import { lastNameOf } from "../image/treePaths.ts";
import type { Program, Toolchain } from "./readiness.ts";
import type { ScratchInput } from "./scratchInput.ts";

/** A command that makes a program. */
export interface CompileStep {
  readonly toolchain: Extract<Toolchain, "go" | "rust" | "zig" | "c" | "graalvm">;
  readonly run: Instruction;
  readonly command: ShellCommand;
}

/** The commands of these instructions that compile something, in text order. */
export function findCompileSteps(
  input: ScratchInput,
  instructions: readonly Instruction[],
): readonly CompileStep[] {
  return instructions
    .filter(({ keyword }) => keyword === "RUN")
    .flatMap((run) =>
      (input.shellOf(run)?.commands ?? []).flatMap((command) => {
        const toolchain = compilerOf(command);
        return toolchain === undefined ? [] : [{ toolchain, run, command }];
      }),
    );
}

function compilerOf({ name = "", args }: ShellCommand): CompileStep["toolchain"] | undefined {
  if (compilers.test(name)) return "c";
  const action = args.find(({ text }) => !/^[-+]/.test(text))?.text ?? "";
  return builders.find(([program, actions]) => program === name && actions.test(action))?.[2];
}

/** Programs that compile when told to, the actions that do, and what is made with them. */
const builders: readonly (readonly [string, RegExp, CompileStep["toolchain"]])[] = [
  ["go", /^(?:build|install)$/, "go"],
  ["cargo", /^(?:build|install|rustc|auditable|zigbuild|chef)$/, "rust"],
  ["rustc", /^/, "rust"],
  ["zig", /^build/, "zig"],
  ["zig", /^(?:cc|c\+\+)$/, "c"],
  ["native-image", /^/, "graalvm"],
];

const compilers =
  /^(?:(?:[\w.]+-)*(?:gcc|g\+\+|clang|clang\+\+)(?:-[\d.]+)?|cc|c\+\+|make|gmake|cmake|ninja|meson)$/;

/** What the program is made with or run by; undefined when neither the program nor the text tells. */
export function toolchainOf(
  program: Program | undefined,
  steps: readonly CompileStep[],
): Toolchain | undefined {
  if (program?.facts?.go !== undefined) return "go";
  const runner = [program?.paths.at(-1), program?.words[0], ...(program?.interpreter ?? [])]
    .map((path) => runnerOf(path ?? ""))
    .find((toolchain) => toolchain !== undefined);
  return runner ?? steps.at(-1)?.toolchain;
}

/** By the language that a program runs. */
const interpreters: ReadonlyMap<string, Toolchain> = new Map([
  ["node", "node"],
  ["deno", "node"],
  ["bun", "node"],
  ["python", "python"],
  ["pypy", "python"],
  ["java", "java"],
  ["ruby", "ruby"],
  ["php", "php"],
]);

/** Programs that start an interpreter with something to run. */
const launchers: readonly (readonly [Toolchain, RegExp])[] = [
  ["node", /^(?:npm|npx|yarn|pnpm|next|nest|pm2(?:-runtime)?|ts-node|tsx|docker-entrypoint\.sh)$/],
  ["python", /^(?:gunicorn|uvicorn|flask|celery|uwsgi|hypercorn|daphne|poetry|uv)$/],
  ["java", /^(?:jshell|catalina\.sh)$/],
  ["ruby", /^(?:bundle|rails|rackup|puma|unicorn|rake)$/],
  ["php", /^(?:php-fpm[\d.]*|apache2-foreground|frankenphp)$/],
  ["dotnet", /^dotnet$/],
];

function runnerOf(path: string): Toolchain | undefined {
  const name = lastNameOf(path);
  const language = interpreters.get(interpretedLanguageOf(name) ?? "");
  return language ?? launchers.find(([, names]) => names.test(name))?.[0];
}
