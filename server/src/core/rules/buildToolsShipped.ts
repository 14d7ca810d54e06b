import type { Instruction } from "../dockerfile/syntax.ts";
import type { ReadImage } from "../image/image.ts";
import { packagesByLayer } from "../image/packages/layerPackages.ts";
import { findPackageTable, type PackageTable } from "../image/packages/packageTable.ts";
import type { Piecework } from "../image/piecework.ts";
import { formatSize } from "../text/size.ts";
import {
  isBuildPackage,
  type ToolInstall,
  buildToolsOf,
  laterRemovalOf,
  nameOf,
} from "./buildTools.ts";
import { lastUseOfTools, startsTools, toolsFix } from "./buildToolsFix.ts";
import type { RuleContext } from "./context.ts";
import { leastBytesOf } from "./kindReports.ts";
import { joinFix } from "./layers/joinFix.ts";
import type { RuleMemory } from "./memory.ts";
import type { Fix, Report, Rule, Saving } from "./rule.ts";

/** Compilers, headers and build systems in the final image, on the RUN that installs them. Text alone says which, the image what they weigh. */
export const buildToolsShipped: Rule = {
  code: "build-tools-shipped",
  title: "Build tools are shipped",
  severity: "warning",
  *check(context) {
    if (startsTools(context)) return;
    const lastUse = lastUseOfTools(context);
    for (const run of context.shipped) {
      const [install, ...more] = buildToolsOf(context, run);
      if (install === undefined) continue;
      const weight = yield* weighTools(context, run, install.manager);
      if (weight === "nothing") continue;
      const removal = weight === undefined ? laterRemovalOf(context, run, install) : undefined;
      if (removal !== undefined) {
        yield hiddenReport(context, run, install, removal);
        continue;
      }
      const saving: Saving | undefined = weight && { bytes: weight.bytes, basis: "predicted" };
      const fixes = more.length > 0 ? [] : toolsFix(context, run, install, { lastUse, saving });
      yield {
        span: install.tools[0]?.span ?? run.keywordSpan,
        instruction: run.index,
        severity: weight === undefined ? "information" : "warning",
        message: `${factOf(install, weight)} ${adviceOf(install, weight, fixes)}`,
        saving,
        fixes,
        related: [],
      };
    }
  },
};

/** Tools that a later RUN removes; with the layers, that is told of all files that it deletes. */
function hiddenReport(
  context: RuleContext,
  run: Instruction,
  install: ToolInstall,
  removal: Instruction,
): Report {
  const what = toolsStay(install);
  return {
    span: install.tools[0]?.span ?? run.keywordSpan,
    instruction: run.index,
    message: `${what} in this layer: removing in line ${removal.startLine + 1} only hides ${install.tools.length === 1 ? "it" : "them"}.`,
    saving: undefined,
    fixes: () => [joinFix(context, run, removal)].filter((fix) => fix !== undefined),
    related: [{ span: removal.keywordSpan, message: "Removes build tools of an earlier layer." }],
  };
}

function adviceOf(
  { tools }: ToolInstall,
  weight: ToolWeight | undefined,
  fixes: readonly Fix[],
): string {
  const them = weight === undefined && tools.length === 1 ? "it" : "them";
  return fixes.length > 0
    ? `Where only this RUN needs ${them}, remove ${them} at its end.`
    : `Where only the build needs ${them}, move it to a stage of its own.`;
}

interface ToolWeight {
  readonly bytes: number;
  /** Heaviest first. */
  readonly names: readonly string[];
}

function factOf(install: ToolInstall, weight: ToolWeight | undefined): string {
  if (weight !== undefined) {
    return `${formatSize(weight.bytes)} of build tools are in this layer: ${listed(weight.names)}.`;
  }
  return `${toolsStay(install)} in the image.`;
}

/** `The build tools make, g++ stay`. */
function toolsStay({ tools }: ToolInstall): string {
  const names = tools.map(({ text }) => nameOf(text));
  return names.length === 1
    ? `The build tool ${listed(names)} stays`
    : `The build tools ${listed(names)} stay`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 4);
  const rest = names.length - shown.length;
  return rest === 0 ? shown.join(", ") : `${shown.join(", ")} and ${rest} more`;
}

/** Packages of the layer that only a build needs, by the package database; `nothing` where the image shows too little, undefined where it cannot tell. */
function* weighTools(
  context: RuleContext,
  run: Instruction,
  manager: string,
): Piecework<ToolWeight | "nothing" | undefined> {
  const { read, memory } = context;
  const layers = context.measuredLayers(run);
  if (read === undefined || layers === undefined) return undefined;
  const table = yield* memory.recallWork(read, "packages", () => findPackageTable(read));
  if (!table.packages.some((one) => one.manager === bookOf(manager))) return undefined;
  const tools = layers.flatMap((layer) => toolsInLayer(read, memory, table, layer));
  const bytes = tools.reduce((sum, tool) => sum + tool.bytes, 0);
  if (bytes === 0 || bytes < leastBytesOf(read)) return "nothing";
  return { bytes, names: tools.map(({ name }) => name) };
}

function bookOf(manager: string): string {
  if (manager === "apk") return "apk";
  return manager.startsWith("apt") ? "dpkg" : "rpm";
}

function toolsInLayer(
  read: ReadImage,
  memory: RuleMemory,
  table: PackageTable,
  layer: number,
): readonly { readonly name: string; readonly bytes: number }[] {
  return memory
    .recall(read, `packages of layer ${layer}`, () => packagesByLayer(read, table, layer))
    .filter(({ manager, name }) => ofSystem.has(manager) && isBuildPackage(name))
    .map(({ name, bytes, hiddenBytes }) => ({ name, bytes: bytes - hiddenBytes }))
    .filter(({ bytes }) => bytes > 0);
}

const ofSystem: ReadonlySet<string> = new Set(["dpkg", "apk", "rpm"]);
