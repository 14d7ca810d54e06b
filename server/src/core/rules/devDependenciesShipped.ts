import type { Instruction } from "../dockerfile/syntax.ts";
import { insertAbove } from "../dockerfile/instructionEdits.ts";
import { insertBehind } from "../dockerfile/runEdits.ts";
import type { TextEdit } from "../text/edit.ts";
import { formatSize } from "../text/size.ts";
import type { Span } from "../text/span.ts";
import { textOf } from "../text/span.ts";
import type { RuleContext } from "./context.ts";
import { type DevRemedy, devInstallOf, mayInstallDev } from "./managers/devInstalls.ts";
import { type DevPackages, devPackagesIn } from "./managers/devPackages.ts";
import { allCallsIn } from "./managers/fileCalls.ts";
import { type DevUse, createDevUse, isDevelopmentImage } from "./managers/devUse.ts";
import { type ToolCall, isCall } from "./managers/toolCall.ts";
import { variablesOf } from "./managers/variables.ts";
import type { Fix, Report, Rule, Saving } from "./rule.ts";

/**
 * Dependencies that only development and tests need, in the final image. Bytes are known of npm, whose list says which packages these are; silent
 * where it lists none, and in images that are started for development.
 */
export const devDependenciesShipped: Rule = {
  code: "dev-dependencies-shipped",
  title: "Dependencies for development are shipped",
  severity: "warning",
  *check(context) {
    if (isDevelopmentImage(context)) return;
    const use = createDevUse(context);
    for (const instruction of context.shipped) {
      if (!writers.has(instruction.keyword)) continue;
      const report = reportOf(context, instruction, use);
      if (report !== undefined) yield report;
    }
  },
};

const writers: ReadonlySet<string> = new Set(["RUN", "COPY", "ADD"]);

function reportOf(context: RuleContext, instruction: Instruction, use: DevUse): Report | undefined {
  const layers = context.measuredLayers(instruction);
  if (layers?.length === 0) return undefined;
  const isRun = instruction.keyword === "RUN";
  const install = isRun ? installIn(context, instruction, use) : undefined;
  const packages = measuredIn(context, layers);
  if (packages === undefined ? install === undefined : packages.bytes === 0) return undefined;
  const isNeeded = isRun && use.isUsedFrom(instruction);
  const saving: Saving | undefined = packages && { bytes: packages.bytes, basis: "predicted" };
  return {
    span: spanOf(instruction, install),
    instruction: instruction.index,
    severity: packages === undefined ? "information" : "warning",
    message: `${messageOf(packages)}${isNeeded ? building : ""}`,
    saving,
    fixes: install === undefined || isNeeded ? [] : () => fixesOf(context, install, saving),
    related: [],
  };
}

const building = " This stage works with them: do that in a stage of its own, and copy the result.";

function messageOf(packages: DevPackages | undefined): string {
  if (packages === undefined) return "Dependencies for development are installed too.";
  const { bytes, count } = packages;
  const many = count === 1 ? "1 package that is" : `${count} packages that are`;
  return `${formatSize(bytes)} of ${many} for development only.`;
}

function measuredIn(
  { read, memory }: RuleContext,
  layers: readonly number[] | undefined,
): DevPackages | undefined {
  if (read === undefined || layers === undefined) return undefined;
  return memory.recall(read, `development packages in ${layers.join(",")}`, () =>
    devPackagesIn(read, layers),
  );
}

/** A call that installs them, and nothing behind it in the RUN that takes them away again. */
interface DevInstall {
  readonly run: Instruction;
  readonly call: ToolCall;
  readonly remedy: DevRemedy;
  readonly isEditable: boolean;
}

function installIn(context: RuleContext, run: Instruction, use: DevUse): DevInstall | undefined {
  const script = context.shellOf(run);
  if (script === undefined) return undefined;
  const calls = allCallsIn(context, run).filter(mayInstallDev);
  const pruning = calls.findLast(isPruning)?.place ?? -1;
  for (const call of calls) {
    if (call.command.certainty !== "always" || pruning > call.place) continue;
    const remedy = devInstallOf(call, variablesOf(context, run, script, call));
    const isSetUp = call.tool === "bundle" && use.hasGroupsLeftOut(run);
    if (remedy === undefined || isSetUp) continue;
    return { run, call, remedy, isEditable: script.form !== "exec" && script.isComplete };
  }
  return undefined;
}

function isPruning(call: ToolCall): boolean {
  return (
    isCall(call, "npm", "prune") ||
    isCall(call, "pnpm", "prune") ||
    (call.tool === "composer" && call.options.some(({ text }) => text === "--no-dev"))
  );
}

function spanOf({ keywordSpan }: Instruction, install: DevInstall | undefined): Span {
  if (install === undefined) return keywordSpan;
  const { command, operands } = install.call;
  const { start, end } = command.nameSpan;
  return { start, end: Math.max(end, operands[0]?.span.end ?? 0) };
}

function fixesOf(
  context: RuleContext,
  install: DevInstall,
  saving: Saving | undefined,
): readonly Fix[] {
  const { remedy } = install;
  const edits = editsOf(context, install);
  if (edits === undefined || remedy.kind === "none") return [];
  return [{ title: titleOf(remedy), kind: "quickfix", isSafe: false, edits, saving }];
}

function titleOf(remedy: Exclude<DevRemedy, { kind: "none" }>): string {
  switch (remedy.kind) {
    case "option":
      return `Add ${remedy.text}`;
    case "variable":
      return `Set ${remedy.name}=${remedy.value}`;
    case "words":
      return `Leave out ${remedy.text}`;
  }
}

function editsOf(
  { dockerfile }: RuleContext,
  { run, call, remedy, isEditable }: DevInstall,
): readonly TextEdit[] | undefined {
  if (remedy.kind === "none") return undefined;
  if (remedy.kind === "variable") {
    return [insertAbove(dockerfile, run, `ENV ${remedy.name}=${remedy.value}`)];
  }
  const words = remedy.kind === "words" ? remedy.words : call.operands.slice(0, 1);
  const areThere = words.every(({ span, text }) => textOf(dockerfile.text, span) === text);
  if (!isEditable || words.length === 0 || !areThere) return undefined;
  if (remedy.kind === "option") {
    return words.map(({ span }) => insertBehind(span, remedy.text));
  }
  return words.map(({ span }) => ({ span: withBlanksBefore(dockerfile.text, span), newText: "" }));
}

function withBlanksBefore(text: string, { start, end }: Span): Span {
  let from = start;
  while (text[from - 1] === " " || text[from - 1] === "\t") from -= 1;
  return { start: from, end };
}
