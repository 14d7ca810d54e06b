import type { BaseVariant } from "../../bases/baseVariants.ts";
import type { ShellCommand } from "../../dockerfile/shellScript.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import { plainPath } from "../../image/treePaths.ts";
import { programFiles } from "./carriedFiles.ts";
import { addonCaveats } from "./nativeFiles.ts";
import type { NextBest } from "./nextBest.ts";
import { devPackageBytes, productionOnly } from "./nodePackages.ts";
import { runtimeOf } from "./runtimes.ts";
import { type Hindrance, type StagePlan, emptyPlan, isHindrance } from "./stagePlan.ts";
import { runtimeStart, sameStart } from "./startParts.ts";
import { withSystemPackages } from "./systemNeeds.ts";

/** A Node.js program with the packages it runs with, on a smaller base. */
export function nodePlan(context: NextBest, variant: BaseVariant): StagePlan | Hindrance {
  const files = programFiles(context);
  if (isHindrance(files)) return files;
  const runtime = runtimeOf(variant.traits);
  const start =
    runtime === undefined ? sameStart(context) : runtimeStart(context, runtime, variant.name);
  if (isHindrance(start)) return start;
  const addons = addonCaveats(context, variant, [plainPath(context.directory ?? "")]);
  if (isHindrance(addons)) return addons;
  const { command, devBytes, caveats } = pruning(context);
  const copiedBytes = withoutBytes(files.bytes, devBytes);
  return withSystemPackages(context, variant, {
    ...emptyPlan,
    baseName: variant.name,
    note: command === undefined ? undefined : "production dependencies only",
    tail: command === undefined ? [] : [command],
    copies: files.copies,
    start,
    caveats: [...caveats, ...addons],
    copiedBytes,
  });
}

function withoutBytes(bytes: number | undefined, removed: number | undefined): number | undefined {
  return bytes === undefined || removed === undefined ? undefined : bytes - removed;
}

/** How packages that are only for development leave, with what they weigh: undefined when that is not known. */
function pruning(context: NextBest): {
  readonly command: string | undefined;
  readonly devBytes: number | undefined;
  readonly caveats: readonly string[];
} {
  const install = findInstall(context);
  const isPrunedAlready = install !== undefined && prunesBehind(context, install);
  if (isPrunedAlready) return { command: undefined, devBytes: 0, caveats: [] };
  const prune = install && productionOnly(context, install);
  if (prune === undefined) return { command: undefined, devBytes: 0, caveats: [] };
  return isHindrance(prune)
    ? { command: undefined, devBytes: 0, caveats: [prune.reason] }
    : { command: prune.command, devBytes: devPackageBytes(context), caveats: [] };
}

function prunesBehind({ shipped, input }: NextBest, { command }: NodeInstall): boolean {
  return shipped.some((run) =>
    input
      .shellOf(run)
      ?.commands.some(
        ({ args, span }) => args[0]?.text === "prune" && span.start > command.span.start,
      ),
  );
}

/** The last command that installs what package.json lists, with its line. */
export interface NodeInstall {
  readonly run: Instruction;
  readonly command: ShellCommand;
}

function findInstall({ shipped, input }: NextBest): NodeInstall | undefined {
  return shipped
    .filter(({ keyword }) => keyword === "RUN")
    .flatMap((run) =>
      (input.shellOf(run)?.commands ?? []).map((command): NodeInstall => ({ run, command })),
    )
    .findLast(({ command: { name = "", args } }) => {
      const words = args.map(({ text }) => text).filter((text) => !text.startsWith("-"));
      const isGlobal = args.some(({ text }) => text === "-g" || text === "--global");
      const isNaming = words.length > 1;
      if (isGlobal || isNaming) return false;
      return installVerbs[name]?.includes(words[0] ?? "") === true;
    });
}

const installVerbs: Readonly<Record<string, readonly string[]>> = {
  npm: ["ci", "install", "i", "clean-install"],
  yarn: ["install", ""],
  pnpm: ["install", "i"],
  bun: ["install", "i"],
};
