import { areEqual } from "./bytes";

/** Nodes of a layer, field by field as core/image/entryArena.ts lays them out: `NodeColumns` of core/image/nodeColumns.ts, and the directory of the last one. */
@unmanaged
export class Layer {
  count: i32;
  /** 0 where the columns lie elsewhere by now. */
  capacity: i32;
  nameBytes: u32;
  nameCapacity: u32;
  linkCount: i32;
  linkBytes: u32;
  linkCapacity: u32;
  slotMask: i32;
  /** Of the path of that directory; -1 where none is remembered. */
  prefixLength: i32;
  /** Negative where what is below it is not kept. */
  prefixNode: i32;
  prefix: usize;
  parent: usize;
  nameStart: usize;
  nameLength: usize;
  nameHash: usize;
  kind: usize;
  flags: usize;
  bytes: usize;
  mode: usize;
  uid: usize;
  gid: usize;
  inode: usize;
  contentHash: usize;
  bodyOffset: usize;
  link: usize;
  linkStart: usize;
  linkNode: usize;
  names: usize;
  linkTexts: usize;
  slots: usize;
}

/** The value of `nodeKind`. */
export const directoryKind: u8 = 0;

export const slash: u8 = 0x2f;

/** The directory with the path [path … end), which is empty or ends with a slash; -1 where it is not known. */
export function directoryOf(layer: Layer, path: usize, end: usize): i32 {
  const length = end - path;
  const isSameLength = layer.prefixLength === <i32>length;
  if (isSameLength && areEqual(layer.prefix, path, length)) return layer.prefixNode;
  let node = 0;
  for (let start = path; start < end;) {
    let stop = start;
    while (load<u8>(stop) !== slash) stop++;
    node = findChild(layer, node, hashName(node, start, stop), start, stop);
    if (node < 0 || load<u8>(layer.kind + node) !== directoryKind) return -1;
    start = stop + 1;
  }
  memory.copy(layer.prefix, path, length);
  layer.prefixLength = <i32>length;
  layer.prefixNode = node;
  return node;
}

/** As in core/image/nodeColumns.ts. */
export function hashName(parent: i32, start: usize, end: usize): i32 {
  let hash = (parent + 1) * 0x9e3779b1;
  for (let at = start; at < end; at++) hash = (hash ^ load<u8>(at)) * 0x01000193;
  return hash ^ (hash >>> 15);
}

/** The living child with the name [start … end), or -1. */
export function findChild(layer: Layer, parent: i32, hash: i32, start: usize, end: usize): i32 {
  let slot = hash & layer.slotMask;
  let node = nodeIn(layer, slot);
  while (node >= 0) {
    const word = (<usize>node) << 2;
    if (load<i32>(layer.nameHash + word) === hash && load<i32>(layer.parent + word) === parent) {
      const isSameLength = <usize>load<u16>(layer.nameLength + (word >> 1)) === end - start;
      const own = layer.names + load<u32>(layer.nameStart + word);
      if (isSameLength && areEqual(own, start, end - start)) return node;
    }
    slot = (slot + 1) & layer.slotMask;
    node = nodeIn(layer, slot);
  }
  return -1;
}

/** Appends a node under the name [start … end), which no sibling has; -1 where there is no room. Its kind and what is zero for all are left to be set. */
export function addNode(layer: Layer, parent: i32, hash: i32, start: usize, end: usize): i32 {
  const length = <u32>(end - start);
  const hasRoom = layer.count < layer.capacity && layer.nameBytes + length <= layer.nameCapacity;
  if (!hasRoom) return -1;
  const node = layer.count++;
  const word = (<usize>node) << 2;
  store<i32>(layer.parent + word, parent);
  store<u32>(layer.nameStart + word, layer.nameBytes);
  store<u16>(layer.nameLength + (word >> 1), <u16>length);
  store<i32>(layer.nameHash + word, hash);
  memory.copy(layer.names + layer.nameBytes, start, length);
  layer.nameBytes += length;
  store<i32>(layer.inode + word, node);
  store<f64>(layer.bodyOffset + (word << 1), -1);
  store<i32>(layer.link + word, -1);
  let slot = hash & layer.slotMask;
  while (nodeIn(layer, slot) >= 0) slot = (slot + 1) & layer.slotMask;
  store<i32>(layer.slots + ((<usize>slot) << 2), node + 1);
  return node;
}

/** Gives the newest node the link text [start … end), for which there is room. */
export function addLinkText(layer: Layer, start: usize, end: usize): void {
  const node = layer.count - 1;
  const row = layer.linkCount++;
  store<i32>(layer.link + ((<usize>node) << 2), row);
  store<i32>(layer.linkNode + ((<usize>row) << 2), node);
  store<u32>(layer.linkStart + ((<usize>row) << 2), layer.linkBytes);
  memory.copy(layer.linkTexts + layer.linkBytes, start, end - start);
  layer.linkBytes += <u32>(end - start);
}

/** The node of a slot; -1 where it is free. */
function nodeIn(layer: Layer, slot: i32): i32 {
  return load<i32>(layer.slots + ((<usize>slot) << 2)) - 1;
}
