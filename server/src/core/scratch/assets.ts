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

/** What of a layer is visible in the end, by the highest directories that hold nothing else. O(nodes of the layer). */
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
      if (isAllOf(paths.tree, visible, layer)) return [carry(paths, below, "asset")];
      return tree.kind[child] === nodeKind.directory ? collect(child, below) : [];
    });
  return collect(0, "");
}

/** Whether a file, or every file below a directory, is what this layer wrote. */
function isAllOf(tree: FileTree, root: number, layer: number): boolean {
  const end = tree.subtreeEnd[root] ?? root + 1;
  let isEmpty = true;
  for (let node = root; node < end; node += 1) {
    if (tree.kind[node] === nodeKind.directory) continue;
    if (tree.layer[node] !== layer) return false;
    isEmpty = false;
  }
  return !isEmpty;
}
