import { findNode, linkTargetOf, nodeKind } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import { escapeSteering, fitEnd } from "./reportCells.ts";
import type { TreemapPlace } from "./treemapView.ts";

/** Of a later name of an inode group, on whose map there is nothing to draw: where its bytes count. Undefined for all other places. */
export function treemapRemark(
  read: ReadImage,
  { layer, path = "" }: TreemapPlace,
): string | undefined {
  const tree = layer === undefined ? read.finalTree : read.layers[layer]?.tree;
  const node = tree && findNode(tree, path);
  if (node === undefined || tree?.kind[node] !== nodeKind.file) return undefined;
  const firstName = linkTargetOf(tree, node);
  if (firstName === "") return undefined;
  const [name, first] = [path, firstName].map((one) => fitEnd(escapeSteering(one), 120));
  return `${name} is a hard link: its bytes count at ${first}.`;
}
