import type { Instruction } from "../dockerfile/syntax.ts";
import { pathOf } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import { formatSize } from "../text/size.ts";
import { type BuildsOf, createBuilds } from "./builds.ts";
import type { RuleContext } from "./context.ts";
import { carrierOf, type HiddenNodes, hiddenNodes } from "./hiddenNodes.ts";
import { leastBytesOf } from "./kindReports.ts";
import type { Report, Rule, Saving } from "./rule.ts";
import { type Unstripped, goBuildCopied, stripFixes } from "./stripFixes.ts";

/**
 * Symbols and debug information in shipped programs and libraries, on the line that brought them. On text alone only where a Go program is
 * copied whose `go build` keeps them.
 */
export const unstrippedBinaries: Rule = {
  code: "unstripped-binaries",
  title: "Programs are shipped with symbols and debug information",
  severity: "warning",
  *check(context) {
    const { read, memory } = context;
    const buildsOf = createBuilds(context);
    const hidden = read === undefined ? [] : yield* hiddenNodes(read, memory);
    for (const instruction of context.shipped) {
      if (!["RUN", "COPY", "ADD"].includes(instruction.keyword)) continue;
      const layers = context.measuredLayers(instruction);
      const report =
        read === undefined || layers === undefined
          ? reportText(context, instruction, buildsOf)
          : reportMeasured(context, instruction, unstrippedIn(read, hidden, layers), buildsOf);
      if (report !== undefined) yield report;
    }
  },
};

function unstrippedIn(
  read: ReadImage,
  hidden: HiddenNodes,
  layers: readonly number[],
): readonly Unstripped[] {
  return layers
    .flatMap((layer) => {
      const { tree, evidence } = read.layers[layer] ?? {};
      if (tree === undefined) return [];
      return (evidence?.programs ?? [])
        .filter(({ node }) => hidden[layer]?.has(carrierOf(tree, node)) !== true)
        .filter(({ facts }) => facts.type === "executable" || facts.type === "shared")
        .map(({ node, facts }) => ({
          path: pathOf(tree, node),
          removableBytes: facts.removableBytes ?? 0,
          facts,
        }));
    })
    .filter(({ removableBytes }) => removableBytes > 0)
    .sort((a, b) => b.removableBytes - a.removableBytes);
}

function reportMeasured(
  context: RuleContext,
  instruction: Instruction,
  files: readonly Unstripped[],
  buildsOf: BuildsOf,
): Report | undefined {
  const [first] = files;
  const bytes = files.reduce((sum, { removableBytes }) => sum + removableBytes, 0);
  const least = context.read === undefined ? 0 : leastBytesOf(context.read);
  if (first === undefined || bytes < least) return undefined;
  const saving: Saving = { bytes, basis: "predicted" };
  const where =
    files.length === 1
      ? `in \`/${first.path}\``
      : `in ${files.length} files of this layer, ${formatSize(first.removableBytes)} of it in \`/${first.path}\``;
  return {
    span: instruction.keywordSpan,
    instruction: instruction.index,
    message: `${formatSize(bytes)} of symbols and debug information are ${where}.`,
    saving,
    fixes: () => stripFixes(context, instruction, files, buildsOf(instruction)),
    related: [],
  };
}

function reportText(
  context: RuleContext,
  instruction: Instruction,
  buildsOf: BuildsOf,
): Report | undefined {
  if (instruction.keyword !== "COPY") return undefined;
  const builds = buildsOf(instruction);
  const build = goBuildCopied(context, instruction, builds);
  if (build === undefined) return undefined;
  return {
    span: instruction.keywordSpan,
    instruction: instruction.index,
    severity: "information",
    message:
      'The Go program is built with its symbols and debug information; `-ldflags="-s -w"` leaves them out.',
    saving: undefined,
    fixes: () => stripFixes(context, instruction, undefined, builds),
    related: [{ span: build.nameSpan, message: "It is built here." }],
  };
}
