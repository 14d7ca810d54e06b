import type { Analysis } from "../analysis.ts";
import { findNode } from "../image/fileTree.ts";
import type { Image } from "../image/image.ts";
import { contentKindOf, contentKinds } from "./contentKind.ts";
import {
  type Asked,
  type Forest,
  type Grove,
  groveOf,
  isBaseLayer,
  isNodeShown,
} from "./layerTreeGrove.ts";
import { packageOrder } from "./layerTreeGroups.ts";
import { emptyTreeMemory, packagesIn } from "./layerTreeMemory.ts";
import type { TreeView } from "./layerTreeOptions.ts";
import { type TreePage, childPage, pageOf } from "./layerTreePage.ts";
import { rowId } from "./layerTreeRow.ts";
import { layerBytes } from "./totals.ts";

/** Which row to show: that of a layer, by instruction line (zero-based) or layer index, maybe a path in it; of a path alone, where the final file system has it. */
export interface RevealTarget {
  readonly line?: number;
  readonly layer?: number;
  readonly path?: string;
}

/** Pages opened at most on the way to one row: further down it is not worth the wait, the `more` row is shown instead. */
const mostPages = 10;

/**
 * Ids of the rows from the root to the row asked for, `more` rows on the way included. Empty when the line or layer has no row, and when the options
 * leave it out; a path that the layer does not have leads to the layer.
 */
export function revealPath(
  analysis: Analysis,
  target: RevealTarget,
  view: TreeView = { options: {}, memory: emptyTreeMemory() },
): readonly string[] {
  const { image } = analysis;
  if (image === undefined) return [];
  const root = rowId(image.description.imageId, { kind: "image" });
  const layer = target.layer ?? layerOf(analysis, image, target);
  if (layer === undefined || image.description.layers[layer] === undefined) {
    return isAtFrom(analysis, target.line) ? [root] : [];
  }
  const isByLayer = (view.options.groupBy ?? "layer") === "layer";
  if (image.state !== "read") return isByLayer ? [root, layerId(image, layer)] : [];
  const asked: Asked = { analysis, read: image.read, view };
  const below = isByLayer
    ? pathInLayer(asked, image, layer, target.path)
    : pathInFinal(asked, layer, target.path);
  return below.length === 0 ? [] : [root, ...below];
}

function layerId({ description }: Image, layer: number): string {
  const forest: Forest = { kind: "layer", index: layer };
  return rowId(description.imageId, { kind: "node", forest, node: 0, after: undefined });
}

/** Of a path alone the layer that the final file system has it of. */
function layerOf(analysis: Analysis, image: Image, target: RevealTarget): number | undefined {
  const { line, path } = target;
  if (line !== undefined || path === undefined) return heaviestLayerOf(analysis, image, line);
  if (image.state !== "read") return undefined;
  const { finalTree } = image.read;
  const node = findNode(finalTree, path);
  return node === undefined ? undefined : finalTree.layer[node];
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

/** Rows below the image. */
function pathInLayer(
  asked: Asked,
  image: Image,
  layer: number,
  path: string | undefined,
): readonly string[] {
  const { analysis, view } = asked;
  const grove = groveOf(asked, { kind: "layer", index: layer });
  if (grove === undefined || !isNodeShown(grove, 0)) return [];
  if (view.options.ownOnly === true && isBaseLayer(analysis, layer)) return [];
  const node = path === undefined ? undefined : findNode(grove.tree, path);
  if (node !== undefined && !isNodeShown(grove, node)) return [];
  return [layerId(image, layer), ...(node === undefined ? [] : pathTo(asked, grove, node))];
}

/** Layers have no rows in the final file system, only what it shows of them. */
function pathInFinal(asked: Asked, layer: number, path: string | undefined): readonly string[] {
  const { finalTree, description } = asked.read;
  const node = path === undefined ? undefined : findNode(finalTree, path);
  if (node === undefined || node === 0 || finalTree.layer[node] !== layer) return [];
  const { forest, pages } = groupOf(asked, node);
  const grove = groveOf(asked, forest);
  if (grove === undefined || !isNodeShown(grove, node)) return [];
  const below = pathTo(asked, grove, node);
  if (forest.kind === "final") return below;
  const more = pages.afters.map((after) => rowId(description.imageId, { kind: "packages", after }));
  if (!pages.isReached) return more;
  return [
    ...more,
    rowId(description.imageId, { kind: "node", forest, node: 0, after: undefined }),
    ...below,
  ];
}

/** Where the grouping puts a node of the final tree, and the pages on the way there. */
function groupOf(
  asked: Asked,
  node: number,
): { readonly forest: Forest; readonly pages: PagesOnTheWay } {
  const { read, view } = asked;
  const here: PagesOnTheWay = { afters: [], isReached: true };
  switch (view.options.groupBy ?? "layer") {
    case "kind": {
      const index = contentKinds.indexOf(contentKindOf(read.finalTree, node));
      return { forest: { kind: "content", index }, pages: here };
    }
    case "package": {
      const { owners, packages } = packagesIn(view.memory, read);
      const owner = owners[node] ?? -1;
      const index = owner === -1 ? packages.length : owner;
      const { members, comesBefore } = packageOrder(asked);
      const pages = pagesTo(index, (after) => pageOf(members, comesBefore, after));
      return { forest: { kind: "package", index }, pages };
    }
    case "layer":
    case "directory":
      return { forest: { kind: "final", index: 0 }, pages: here };
  }
}

/** Rows from below the root of a grove to a node of it. */
function pathTo(asked: Asked, grove: Grove, node: number): readonly string[] {
  const { tree, forest } = grove;
  const { imageId } = asked.read.description;
  const ancestors: number[] = [];
  for (let at = node; at > 0; at = tree.parent[at] ?? 0) ancestors.push(at);
  const ids: string[] = [];
  let directory = 0;
  for (const child of ancestors.toReversed()) {
    const above = directory;
    const { afters, isReached } = pagesTo(child, (after) =>
      childPage(grove, above, asked.view.options.sortBy, after),
    );
    ids.push(
      ...afters.map((after) => rowId(imageId, { kind: "node", forest, node: above, after })),
    );
    if (!isReached) return ids;
    ids.push(rowId(imageId, { kind: "node", forest, node: child, after: undefined }));
    directory = child;
  }
  return ids;
}

/** The last member of each full page before the one that holds what is looked for. */
interface PagesOnTheWay {
  readonly afters: readonly number[];
  readonly isReached: boolean;
}

function pagesTo(member: number, page: (after: number | undefined) => TreePage): PagesOnTheWay {
  const afters: number[] = [];
  for (let count = 0; count < mostPages; count += 1) {
    const { members } = page(afters.at(-1));
    const last = members.at(-1);
    if (members.includes(member)) return { afters, isReached: true };
    if (last === undefined) break;
    afters.push(last);
  }
  return { afters, isReached: false };
}
