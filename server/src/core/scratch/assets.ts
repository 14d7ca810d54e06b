import type { Instruction } from "../dockerfile/syntax.ts";
import { type FileTree, childrenOf, nameOf, nodeKind } from "../image/fileTree.ts";
import type { TreePaths } from "../image/treePaths.ts";
import { type Need, type NeedContext, carry } from "./needs.ts";
import type { CarriedPath } from "./readiness.ts";
import { findCompileSteps } from "./toolchain.ts";

/** COPY and ADD of the final stage: what comes along as it is, and sources of what is compiled there, of which nothing tells whether they are read later. */
export function findAssets({ input, paths }: NeedContext): readonly Need[] {
  const shipped = input.chain.flatMap(({ instructions }) => instructions);
  const lastCompile = findCompileSteps(input, shipped).at(-1)?.run.index ?? -1;
  return shipped
    .filter(({ keyword }) => keyword === "COPY" || keyword === "ADD")
    .map((instruction): Need => {
      const base = { kind: "run", title: "Copied files", span: instruction.keywordSpan } as const;
      const isSource = instruction.index < lastCompile;
      if (isSource) {
        const evidence =
          "These files are compiled later in this stage; whether the program reads any of them when it runs cannot be seen.";
        return { check: { ...base, state: "unknown", evidence, bytes: undefined }, carried: [] };
      }
      const carried = paths === undefined ? [] : copiedPaths(input, paths, instruction);
      const bytes =
        paths === undefined ? undefined : carried.reduce((sum, one) => sum + one.bytes, 0);
      const evidence = "They are copied into the new stage as they are.";
      return { check: { ...base, state: "ok", evidence, bytes }, carried };
    });
}

/** What of a COPY or ADD is in the image in the end, by the highest paths that hold nothing else; empty where its layers are not known. */
export function copiedPaths(
  input: NeedContext["input"],
  paths: TreePaths,
  instruction: Instruction,
): readonly CarriedPath[] {
  return layersOf(input, instruction).flatMap((layer) => carryLayer(input, paths, layer));
}

function layersOf(
  { attribution }: NeedContext["input"],
  { index }: Instruction,
): readonly number[] {
  return attribution?.instructions[index]?.layers ?? [];
}

/**
 * What a layer brought and the end still shows, maybe as a later RUN left it (`chown -R`), by the highest directories that hold nothing else. O(nodes of
 * the layer and of the directories it shares).
 */
function carryLayer(
  { read }: NeedContext["input"],
  paths: TreePaths,
  layer: number,
): readonly CarriedPath[] {
  const tree = read?.layers[layer]?.tree;
  if (tree === undefined) return [];
  const collect = (node: number, path: string): readonly CarriedPath[] =>
    childrenOf(tree, node).flatMap((child) => {
      const below = path === "" ? nameOf(tree, child) : `${path}/${nameOf(tree, child)}`;
      const visible = paths.findExact(below);
      if (visible === undefined) return [];
      if (isBroughtBy({ tree, node: child }, { tree: paths.tree, node: visible }))
        return [carry(paths, below, "asset")];
      return tree.kind[child] === nodeKind.directory ? collect(child, below) : [];
    });
  return collect(0, "");
}

interface Place {
  readonly tree: FileTree;
  readonly node: number;
}

/** Whether the layer has a file, or every file below a directory that has any, that is visible in the end. */
function isBroughtBy(brought: Place, visible: Place): boolean {
  if (visible.tree.kind[visible.node] !== nodeKind.directory) {
    return brought.tree.kind[brought.node] === visible.tree.kind[visible.node];
  }
  if (brought.tree.kind[brought.node] !== nodeKind.directory) return false;
  const own = new Map(
    childrenOf(brought.tree, brought.node).map((node) => [nameOf(brought.tree, node), node]),
  );
  const children = childrenOf(visible.tree, visible.node);
  return (
    children.length > 0 &&
    children.every((node) => {
      const same = own.get(nameOf(visible.tree, node));
      return (
        same !== undefined &&
        isBroughtBy({ tree: brought.tree, node: same }, { tree: visible.tree, node })
      );
    })
  );
}
