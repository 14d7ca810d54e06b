import type { Analysis } from "../analysis.ts";
import type { FileTree } from "../image/fileTree.ts";
import { findNode } from "../image/fileTree.ts";
import type { Image } from "../image/image.ts";
import { heaviestChildren } from "./heaviest.ts";
import { pageRows, rowId } from "./layerTreeRow.ts";
import { layerBytes } from "./totals.ts";

/** Which row to show: that of a layer, by instruction line (zero-based) or layer index, maybe a path in it. */
export interface RevealTarget {
  readonly line?: number;
  readonly layer?: number;
  readonly path?: string;
}

/** Pages opened at most on the way to one row: further down it is not worth the wait, the `more` row is shown instead. */
const mostPages = 10;

/** Ids of the rows from the root to the row asked for, `more` rows on the way included; empty when the line or layer has no row. */
export function revealPath(analysis: Analysis, target: RevealTarget): readonly string[] {
  const { image } = analysis;
  if (image === undefined) return [];
  const { imageId } = image.description;
  const layer = target.layer ?? heaviestLayerOf(analysis, image, target.line);
  if (layer === undefined || image.description.layers[layer] === undefined) {
    return isAtFrom(analysis, target.line) ? [rowId(imageId, { kind: "image" })] : [];
  }
  return [
    rowId(imageId, { kind: "image" }),
    rowId(imageId, { kind: "node", layer, node: 0, after: undefined }),
    ...pathBelow(image, layer, target.path),
  ];
}

/** A base of several layers has no row of its own, so its FROM, like any FROM, leads to the image. */
function heaviestLayerOf(
  analysis: Analysis,
  image: Image,
  line: number | undefined,
): number | undefined {
  const instruction = instructionOn(analysis, line);
  if (instruction === undefined || instruction.keyword === "FROM") return undefined;
  const layers = analysis.attribution?.instructions[instruction.index]?.layers ?? [];
  return layers.toSorted((a, b) => (layerBytes(image, b) ?? 0) - (layerBytes(image, a) ?? 0))[0];
}

function instructionOn({ dockerfile }: Analysis, line: number | undefined) {
  if (line === undefined) return undefined;
  return dockerfile.instructions.find(
    ({ startLine, endLine }) => startLine <= line && line <= endLine,
  );
}

function isAtFrom(analysis: Analysis, line: number | undefined): boolean {
  return instructionOn(analysis, line)?.keyword === "FROM";
}

function pathBelow(image: Image, layer: number, path: string | undefined): readonly string[] {
  const tree = image.state === "read" ? image.read.layers[layer]?.tree : undefined;
  const node = tree === undefined || path === undefined ? undefined : findNode(tree, path);
  if (tree === undefined || node === undefined || node === 0) return [];
  const ancestors: number[] = [];
  for (let at = node; at > 0; at = tree.parent[at] ?? 0) ancestors.push(at);
  const ids: string[] = [];
  let directory = 0;
  for (const child of ancestors.reverse()) {
    const step = stepsTo(tree, directory, child);
    const { imageId } = image.description;
    ids.push(
      ...step.afters.map((after) =>
        rowId(imageId, { kind: "node", layer, node: directory, after }),
      ),
    );
    if (!step.isReached) return ids;
    ids.push(rowId(imageId, { kind: "node", layer, node: child, after: undefined }));
    directory = child;
  }
  return ids;
}

/** The last node of each full page before the one that holds the child. */
function stepsTo(
  tree: FileTree,
  directory: number,
  child: number,
): { readonly afters: readonly number[]; readonly isReached: boolean } {
  const afters: number[] = [];
  for (let page = 0; page < mostPages; page += 1) {
    const { nodes } = heaviestChildren(tree, directory, pageRows, afters.at(-1));
    const last = nodes.at(-1);
    if (nodes.includes(child)) return { afters, isReached: true };
    if (last === undefined) break;
    afters.push(last);
  }
  return { afters, isReached: false };
}
