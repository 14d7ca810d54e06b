import { nodeKind } from "./fileTree.ts";
import type { InodeGroups, LayerNode } from "./inodeGroups.ts";
import type { LayerIndex } from "./layerIndex.ts";
import { type Overlay, hiding } from "./overlay.ts";

/** All inode groups with bytes of which no name is visible, content not yet compared: columns, ordered by layer, then by path. */
export interface HiddenGroups {
  readonly count: number;
  /** Where the bytes are charged. */
  readonly layer: Uint16Array;
  readonly node: Int32Array;
  readonly bytes: Float64Array;
  /** The layer that took the last name. */
  readonly hiddenByLayer: Uint16Array;
  /** Values of `hiding`. */
  readonly how: Uint8Array;
  /** For `hiding.samePath` the content that took the place of that name. */
  readonly byLayer: Uint16Array;
  readonly byNode: Int32Array;
}

/** What the final file system does not show. O(nodes). */
export function findHiddenGroups(
  layers: readonly LayerIndex[],
  overlay: Overlay,
  groups: InodeGroups,
): HiddenGroups {
  const rows: Rows = {
    layer: [],
    node: [],
    bytes: [],
    hiddenBy: [],
    how: [],
    byLayer: [],
    byNode: [],
  };
  layers.forEach(({ tree, inode }, layer) => {
    const hiddenBy = overlay.fates[layer]?.hiddenBy;
    for (let node = 0; node < tree.nodeCount; node += 1) {
      const isHiddenFile = hiddenBy?.[node] !== 0 && tree.kind[node] === nodeKind.file;
      if (isHiddenFile && tree.bytes[node] !== 0 && inode[node] === node) {
        addGroup(rows, overlay, groups, { layer, node }, tree.bytes[node] ?? 0);
      }
    }
  });
  return {
    count: rows.layer.length,
    layer: Uint16Array.from(rows.layer),
    node: Int32Array.from(rows.node),
    bytes: Float64Array.from(rows.bytes),
    hiddenByLayer: Uint16Array.from(rows.hiddenBy),
    how: Uint8Array.from(rows.how),
    byLayer: Uint16Array.from(rows.byLayer),
    byNode: Int32Array.from(rows.byNode),
  };
}

interface Rows {
  readonly layer: number[];
  readonly node: number[];
  readonly bytes: number[];
  readonly hiddenBy: number[];
  readonly how: number[];
  readonly byLayer: number[];
  readonly byNode: number[];
}

function addGroup(
  rows: Rows,
  overlay: Overlay,
  groups: InodeGroups,
  owner: LayerNode,
  bytes: number,
): void {
  const isAlone = groups.isAlone(owner.layer, owner.node);
  const name = isAlone ? owner : lastNameOf(overlay, owner, groups);
  const fate = name === undefined ? undefined : overlay.fates[name.layer];
  if (name === undefined || fate === undefined) return;
  const hiddenByLayer = (fate.hiddenBy[name.node] ?? 0) - 1;
  const how = fate.how[name.node] ?? 0;
  const by = groups.ownerOf(hiddenByLayer, fate.by?.[name.node] ?? 0);
  rows.layer.push(owner.layer);
  rows.node.push(owner.node);
  rows.bytes.push(bytes);
  rows.hiddenBy.push(hiddenByLayer);
  rows.how.push(how);
  rows.byLayer.push(how === hiding.samePath ? by.layer : 0);
  rows.byNode.push(how === hiding.samePath ? by.node : -1);
}

/** The name of a group that goes last, of several the first; undefined while one is visible. */
function lastNameOf(
  { fates }: Overlay,
  owner: LayerNode,
  groups: InodeGroups,
): LayerNode | undefined {
  let name = owner;
  let hiddenBy = fates[owner.layer]?.hiddenBy[owner.node] ?? 0;
  for (const other of groups.otherNamesOf(owner)) {
    const otherBy = fates[other.layer]?.hiddenBy[other.node] ?? 0;
    if (otherBy === 0) return undefined;
    if (otherBy <= hiddenBy) continue;
    name = other;
    hiddenBy = otherBy;
  }
  return name;
}
