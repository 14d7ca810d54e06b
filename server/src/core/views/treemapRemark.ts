import { findNode, linkTargetOf, nodeKind } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import { escapeSteering, fitEnd } from "./reportCells.ts";
import type { TreemapPlace } from "./treemapView.ts";

/** What is said of a map on which there is nothing to draw: of a later name of an inode group where its bytes count. Undefined where there are bytes. */
export function treemapRemark(
  read: ReadImage,
  place: TreemapPlace,
  mapBytes: number,
): string | undefined {
  if (mapBytes > 0) return undefined;
  return hardLinkRemark(read, place) ?? nothingRemark(place);
}

function hardLinkRemark(read: ReadImage, { layer, path = "" }: TreemapPlace): string | undefined {
  const tree = layer === undefined ? read.finalTree : read.layers[layer]?.tree;
  const node = tree && findNode(tree, path);
  if (node === undefined || tree?.kind[node] !== nodeKind.file) return undefined;
  const firstName = linkTargetOf(tree, node);
  if (firstName === "") return undefined;
  const [name, first] = [path, firstName].map((one) => fitEnd(escapeSteering(one), 120));
  return `${name} is a hard link: its bytes count at ${first}.`;
}

function nothingRemark({ layer, path = "", waste = false }: TreemapPlace): string {
  const where = path !== "" ? "this place" : layer === undefined ? "this image" : "this layer";
  return waste ? `Nothing of ${where} is wasted.` : `There are no bytes in ${where}.`;
}
