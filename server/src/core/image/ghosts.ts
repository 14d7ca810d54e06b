import { nodeKind } from "./fileTree.ts";
import { type LayerIndex, layerFlag } from "./layerIndex.ts";

/** By node, 1 for a made-up directory that only carries whiteouts: it brings nothing, not even itself. */
export function ghostsOf({ tree, flags }: LayerIndex): Uint8Array {
  const ghosts = new Uint8Array(tree.nodeCount);
  const brings = new Uint8Array(tree.nodeCount);
  for (let node = tree.nodeCount - 1; node > 0; node -= 1) {
    const kind = tree.kind[node];
    if (kind === nodeKind.whiteout) continue;
    const isStated = ((flags[node] ?? 0) & (layerFlag.stated | layerFlag.opaque)) !== 0;
    if (kind !== nodeKind.directory || isStated || brings[node] === 1) {
      brings[tree.parent[node] ?? 0] = 1;
    } else ghosts[node] = 1;
  }
  return ghosts;
}
