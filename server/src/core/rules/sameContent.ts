import type { Instruction } from "../dockerfile/syntax.ts";
import { type FileTree, pathOf } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import { formatSize } from "../text/size.ts";
import { appendedFix, toShellPaths } from "./appendedFix.ts";
import type { RuleContext } from "./context.ts";
import { leastBytesOf } from "./kindReports.ts";
import type { Fix, Rule, Saving } from "./rule.ts";

/** A file that the image already has at another path. Nodes of the final tree. */
interface Copy {
  readonly node: number;
  /** The first file with the content: of the lowest layer, then by path. */
  readonly original: number;
  readonly bytes: number;
}

/**
 * Large files with the same content at several paths, on the line that brought the further ones. Contents are told apart by size and checksum, and
 * that is said. Needs a built image.
 */
export const sameContent: Rule = {
  code: "same-content",
  title: "The same content is shipped at several paths",
  severity: "information",
  *check(context) {
    const { read, memory } = context;
    if (read === undefined) return;
    const byLayer = memory.recall(read, "copies by layer", () => copiesByLayer(read));
    if (byLayer.size === 0) return;
    for (const instruction of context.shipped) {
      if (instruction.keyword === "FROM") continue;
      const layers = context.measuredLayers(instruction) ?? [];
      const copies = layers
        .flatMap((layer) => byLayer.get(layer) ?? [])
        .sort((a, b) => b.bytes - a.bytes || a.node - b.node);
      const [first] = copies;
      const bytes = copies.reduce((sum, copy) => sum + copy.bytes, 0);
      if (first === undefined || bytes < leastBytesOf(read)) continue;
      const saving: Saving = { bytes, basis: "predicted" };
      yield {
        span: instruction.keywordSpan,
        instruction: instruction.index,
        message: messageOf(read.finalTree, bytes, first, copies.length - 1),
        saving,
        fixes: () => linkFix(context, instruction, read, copies),
        related: [],
      };
    }
  },
};

function messageOf(tree: FileTree, bytes: number, first: Copy, others: number): string {
  const fact = `\`/${pathOf(tree, first.node)}\` has the size and checksum of \`/${pathOf(tree, first.original)}\``;
  const more =
    others === 0
      ? ""
      : `, and so ${others === 1 ? "has 1 more file" : `have ${others} more files`}`;
  return `${formatSize(bytes)} of this layer are in the image already: ${fact}${more}.`;
}

function copiesByLayer({ finalTree, copies }: ReadImage): ReadonlyMap<number, readonly Copy[]> {
  const byLayer = new Map<number, Copy[]>();
  if (copies === undefined) return byLayer;
  for (let row = 0; row < copies.count;) {
    let end = row + 1;
    while (end < copies.count && copies.content[end] === copies.content[row]) end += 1;
    const nodes = [...copies.node.subarray(row, end)].sort(
      (a, b) => (finalTree.layer[a] ?? 0) - (finalTree.layer[b] ?? 0) || a - b,
    );
    row = end;
    const [original, ...further] = nodes;
    for (const node of original === undefined ? [] : further) {
      const layer = finalTree.layer[node] ?? 0;
      const known = byLayer.get(layer) ?? [];
      byLayer.set(layer, known);
      known.push({ node, original: original ?? node, bytes: finalTree.bytes[node] ?? 0 });
    }
  }
  return byLayer;
}

/** Hard links instead of copies, where a RUN wrote both and they have the same owner and mode: across layers a link would be a copy again. */
function linkFix(
  context: RuleContext,
  run: Instruction,
  { finalTree }: ReadImage,
  copies: readonly Copy[],
): readonly Fix[] {
  const isAlike = ({ node, original }: Copy): boolean =>
    finalTree.layer[node] === finalTree.layer[original] &&
    finalTree.mode[node] === finalTree.mode[original] &&
    finalTree.uid[node] === finalTree.uid[original] &&
    finalTree.gid[node] === finalTree.gid[original];
  const linked = copies.filter(isAlike);
  const commands = linked.map(({ node, original }) => {
    const paths = toShellPaths([pathOf(finalTree, original), pathOf(finalTree, node)]);
    return paths === undefined ? undefined : `ln -f ${paths}`;
  });
  if (linked.length === 0 || linked.length > mostLinks || commands.includes(undefined)) return [];
  return appendedFix(context, run, {
    title: "Make hard links of the copies in the same RUN",
    command: commands.join(" && "),
    saving: {
      bytes: linked.reduce((sum, { bytes }) => sum + bytes, 0),
      basis: "predicted",
    },
  });
}

const mostLinks = 4;
