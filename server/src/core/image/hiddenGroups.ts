import { nodeKind } from "./fileTree.ts";
import { type InodeGroups, type LayerNode, keyOf } from "./inodeGroups.ts";
import type { LayerIndex } from "./layerIndex.ts";
import { type Overlay, hiding } from "./overlay.ts";

/** One inode group of which no name is visible, content not yet compared. */
export interface HiddenGroup {
  /** Where its bytes are charged. */
  readonly owner: LayerNode;
  readonly bytes: number;
  /** The layer that took its last name. */
  readonly hiddenByLayer: number;
  /** Values of `hiding`. */
  readonly how: number;
  /** The content that took the place of a name, for `hiding.samePath`. */
  readonly by: LayerNode | undefined;
}

/** All groups with bytes that the final file system does not show, ordered by layer, then by path. */
export function findHiddenGroups(
  layers: readonly LayerIndex[],
  overlay: Overlay,
  groups: InodeGroups,
): readonly HiddenGroup[] {
  const overwrittenBy = new Map(
    overlay.overwrites.map((one) => [
      keyOf(one.layer, one.node),
      groups.ownerOf(one.byLayer, one.byNode),
    ]),
  );
  const hidden: HiddenGroup[] = [];
  layers.forEach(({ tree, inode }, layer) => {
    for (let node = 0; node < tree.nodeCount; node += 1) {
      const bytes = tree.bytes[node] ?? 0;
      if (bytes === 0 || tree.kind[node] !== nodeKind.file || inode[node] !== node) continue;
      const last = lastNameOf(overlay, { layer, node }, groups);
      if (last === undefined) continue;
      const { hiddenByLayer, how, name } = last;
      const isOverwritten = how === hiding.samePath;
      const by = isOverwritten ? overwrittenBy.get(keyOf(name.layer, name.node)) : undefined;
      hidden.push({ owner: { layer, node }, bytes, hiddenByLayer, how, by });
    }
  });
  return hidden;
}

/** The name of a group that goes last, of several the first; undefined while one is visible. */
function lastNameOf(
  { fates }: Overlay,
  owner: LayerNode,
  groups: InodeGroups,
): { readonly name: LayerNode; readonly hiddenByLayer: number; readonly how: number } | undefined {
  let name = owner;
  let hiddenBy = fates[owner.layer]?.hiddenBy[owner.node] ?? 0;
  for (const other of hiddenBy === 0 ? [] : groups.otherNamesOf(owner)) {
    const otherBy = fates[other.layer]?.hiddenBy[other.node] ?? 0;
    if (otherBy === 0) return undefined;
    if (otherBy <= hiddenBy) continue;
    name = other;
    hiddenBy = otherBy;
  }
  if (hiddenBy === 0) return undefined;
  return { name, hiddenByLayer: hiddenBy - 1, how: fates[name.layer]?.how[name.node] ?? 0 };
}
