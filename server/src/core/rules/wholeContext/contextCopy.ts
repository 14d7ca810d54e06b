import type { Instruction } from "../../dockerfile/syntax.ts";
import { type FileTree, findNode, nameOf, nodeKind } from "../../image/fileTree.ts";
import type { RuleContext } from "../context.ts";
import { pathOf, scopesOf } from "../layers/scope.ts";
import { bytesWithout } from "../measure.ts";
import { type Ignorable, ignorableOf } from "./ignorable.ts";

/** Something in the layer of a COPY that came with the build context and is usually not wanted. */
export interface CopiedAlong extends Ignorable {
  /** What leaves the layer without it. */
  readonly bytes: number;
}

/** Whether a COPY or ADD takes the whole build context. */
export function copiesContext({ keyword, flags, words }: Instruction): boolean {
  if (keyword !== "COPY" && keyword !== "ADD") return false;
  if (flags.some(({ name }) => name === "from" || name === "parents")) return false;
  return words.slice(0, -1).some(({ text }) => /^(?:\.?\/)*(?:\.|\*)?\/?$/.test(text));
}

/**
 * What lies below the destination of a COPY in its layer, each pattern once, heaviest first, without what the next build would not copy any more (asked
 * by its path in the context). Undefined where nothing is measured, or the destination is not known.
 */
export function copiedAlong(
  context: RuleContext,
  instruction: Instruction,
  isCopied: (path: string) => boolean,
): readonly CopiedAlong[] | undefined {
  const { read } = context;
  const layers = context.measuredLayers(instruction);
  if (read === undefined || layers === undefined) return undefined;
  const scope = scopesOf(context)[context.shipped.indexOf(instruction)];
  const target = scope && pathOf(instruction.words.at(-1)?.text ?? "", scope);
  if (target === undefined || /[$?]/.test(target)) return undefined;
  const [layer] = layers;
  const tree = layer === undefined ? undefined : read.layers[layer]?.tree;
  if (tree === undefined || layers.length !== 1) return [];
  const found = context.memory.recall(read, `context in layer ${layer} at ${target}`, () =>
    findAlong(tree, target),
  );
  return found
    .map(({ what, pieces, bytes }) => {
      const copied = pieces.filter(({ path }) => isCopied(path));
      const isWhole = copied.length === pieces.length;
      const nodes = copied.map(({ node }) => node);
      return { ...what, bytes: isWhole ? bytes : bytesWithout(tree, nodes) };
    })
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
}

interface Found {
  readonly what: Ignorable;
  readonly pieces: readonly { readonly path: string; readonly node: number }[];
  /** Of all pieces. */
  readonly bytes: number;
}

function findAlong(tree: FileTree, target: string): readonly Found[] {
  const top = findNode(tree, target);
  if (top === undefined) return [];
  const found = new Map<string, { readonly what: Ignorable; readonly nodes: number[] }>();
  const end = tree.subtreeEnd[top] ?? top + 1;
  for (let node = top + 1, next = node; node < end; node = next) {
    const what =
      tree.kind[node] === nodeKind.whiteout
        ? undefined
        : ignorableOf(nameOf(tree, node), tree.parent[node] === top);
    next = what === undefined ? node + 1 : (tree.subtreeEnd[node] ?? node + 1);
    if (what === undefined) continue;
    const known = found.get(what.pattern) ?? { what, nodes: [] };
    found.set(what.pattern, known);
    known.nodes.push(node);
  }
  return [...found.values()].map(({ what, nodes }) => ({
    what,
    pieces: nodes.map((node) => ({ path: pathBelow(tree, top, node), node })),
    bytes: bytesWithout(tree, nodes),
  }));
}

function pathBelow(tree: FileTree, top: number, node: number): string {
  const names: string[] = [];
  for (let at = node; at > top; at = tree.parent[at] ?? 0) names.push(nameOf(tree, at));
  return names.reverse().join("/");
}
