import { noEvidence } from "./evidence.ts";
import { decodeEvidence, encodeEvidence } from "./evidenceCodec.ts";
import type { FileTree, LinkColumns } from "./fileTree.ts";
import type { LayerIndex } from "./layerIndex.ts";
import { fillSubtrees } from "./subtrees.ts";
import { blockBytes, paddedBytes } from "./tarFields.ts";
import {
  type ByteReader,
  type ByteWriter,
  createByteReader,
  createByteWriter,
  unzigzag,
  zigzag,
} from "./varints.ts";

/** Names the format that `encodeLayer` writes; to be raised with every change. */
export const layerCodecVersion = 5;

/**
 * A layer in few bytes, about 25 a node: names share their beginning with the name before, parents are told by how far the tree goes up, owners
 * by their place in a table, bodies by how far they lie from where they are expected. O(nodes).
 */
export function encodeLayer(index: LayerIndex): Uint8Array<ArrayBuffer> {
  const { tree } = index;
  const writer = createByteWriter(tree.nodeCount * 32);
  writer.writeNumber(tree.nodeCount);
  writer.writeNumber(index.tarBytes);
  writer.writeNumber(index.entryCount);
  writer.writeNumber(index.fileCount);
  writer.writeNumber(tree.nameBytes.length);
  const owners = tableOfOwners(tree);
  writer.writeNumber(owners.rows.length);
  for (const row of owners.rows) row.forEach((value) => writer.writeNumber(value));
  const depths = new Int32Array(tree.nodeCount);
  let depthBefore = -1;
  let cursor = 0;
  for (let node = 0; node < tree.nodeCount; node += 1) {
    const depth = node === 0 ? 0 : (depths[tree.parent[node] ?? 0] ?? 0) + 1;
    depths[node] = depth;
    writeShape(writer, index, node, depthBefore + 1 - depth);
    depthBefore = depth;
    writeName(writer, tree, node);
    writer.writeNumber(owners.ofNode[node] ?? 0);
    cursor = writeContent(writer, index, node, cursor);
  }
  writeLinks(writer, tree.links);
  const evidence = encodeEvidence(index.evidence);
  writer.writeNumber(evidence.length);
  writer.writeBytes(evidence, 0, evidence.length);
  return writer.finish();
}

/** The layer again; undefined when the bytes are not one whole layer of this version. */
export function decodeLayer(bytes: Uint8Array): LayerIndex | undefined {
  const reader = createByteReader(bytes);
  const layer = emptyLayer(reader);
  const { tree } = layer;
  const owners = Array.from({ length: reader.readNumber() }, () => readOwner(reader));
  const ancestors = new Int32Array(tree.nodeCount + 1);
  let depthBefore = -1;
  let cursor = 0;
  for (let node = 0; node < tree.nodeCount; node += 1) {
    const shape = reader.readNumber();
    const depth = depthBefore + 1 - (shape >>> 10);
    ancestors[depth] = node;
    depthBefore = depth;
    tree.parent[node] = depth === 0 ? 0 : (ancestors[depth - 1] ?? 0);
    tree.kind[node] = (shape >>> 2) & 7;
    layer.flags[node] = (shape >>> 5) & 31;
    readName(reader, tree, node);
    const [mode = 0, uid = 0, gid = 0] = owners[reader.readNumber()] ?? [];
    tree.mode[node] = mode;
    tree.uid[node] = uid;
    tree.gid[node] = gid;
    cursor = readContent(reader, layer, node, cursor, shape & 3);
  }
  const links = readLinks(reader);
  const encoded = new Uint8Array(Math.min(reader.readNumber(), bytes.length));
  reader.readBytes(encoded, 0, encoded.length);
  const evidence = reader.isAtEnd() ? decodeEvidence(encoded) : undefined;
  if (evidence === undefined) return undefined;
  const { subtreeEnd, subtreeBytes } = fillSubtrees(tree.parent, tree.bytes);
  const whole: FileTree = { ...tree, subtreeEnd, subtreeBytes, links };
  return { ...layer, tree: whole, contentBytes: subtreeBytes[0] ?? 0, evidence };
}

/** Bits of a node's shape: what its content says. */
const laterName = 1;
const hasBody = 2;

/** How far the tree goes up from the node before (10 bits and higher), flags, kind, and what its content says. */
function writeShape(writer: ByteWriter, index: LayerIndex, node: number, up: number): void {
  const kind = index.tree.kind[node] ?? 0;
  const isLater = index.inode[node] !== node;
  const isBodied = !isLater && (index.bodyOffset[node] ?? -1) >= 0;
  const content = (isLater ? laterName : 0) + (isBodied ? hasBody : 0);
  writer.writeNumber(content + kind * 4 + (index.flags[node] ?? 0) * 32 + up * 1024);
}

function writeName(
  writer: ByteWriter,
  { nameStart, nameLength, nameBytes }: FileTree,
  node: number,
): void {
  const start = nameStart[node] ?? 0;
  const length = nameLength[node] ?? 0;
  const before = nameStart[node - 1] ?? 0;
  const most = Math.min(length, nameLength[node - 1] ?? 0);
  let shared = 0;
  while (shared < most && nameBytes[start + shared] === nameBytes[before + shared]) shared += 1;
  writer.writeNumber(shared);
  writer.writeNumber(length - shared);
  writer.writeBytes(nameBytes, start + shared, start + length);
}

function readName(
  reader: ByteReader,
  { nameStart, nameLength, nameBytes }: FileTree,
  node: number,
): void {
  const before = nameStart[node - 1] ?? 0;
  const start = before + (nameLength[node - 1] ?? 0);
  const shared = reader.readNumber();
  const rest = reader.readNumber();
  nameBytes.copyWithin(start, before, before + shared);
  reader.readBytes(nameBytes, start + shared, rest);
  nameStart[node] = start;
  nameLength[node] = shared + rest;
}

/** Size, hash and place of the content, or the first name that has them. Returns where the next body is expected if the tar is in path order. */
function writeContent(writer: ByteWriter, index: LayerIndex, node: number, cursor: number): number {
  const first = index.inode[node] ?? node;
  if (first !== node) {
    writer.writeNumber(node - first);
    return cursor + blockBytes;
  }
  const bytes = index.tree.bytes[node] ?? 0;
  writer.writeNumber(bytes);
  if (bytes === 0) return cursor + blockBytes;
  writer.writeNumber(index.contentHash[node] ?? 0);
  const offset = index.bodyOffset[node] ?? -1;
  if (offset < 0) return cursor + blockBytes;
  writer.writeNumber(zigzag((offset - cursor - blockBytes) / blockBytes));
  return offset + paddedBytes(bytes);
}

function readContent(
  reader: ByteReader,
  { tree, inode, contentHash, bodyOffset }: LayerIndex,
  node: number,
  cursor: number,
  content: number,
): number {
  inode[node] = node;
  bodyOffset[node] = -1;
  if ((content & laterName) !== 0) {
    const first = node - reader.readNumber();
    inode[node] = first;
    contentHash[node] = contentHash[first] ?? 0;
    bodyOffset[node] = bodyOffset[first] ?? -1;
    return cursor + blockBytes;
  }
  const bytes = reader.readNumber();
  tree.bytes[node] = bytes;
  if (bytes === 0) return cursor + blockBytes;
  contentHash[node] = reader.readNumber();
  if ((content & hasBody) === 0) return cursor + blockBytes;
  const offset = unzigzag(reader.readNumber()) * blockBytes + cursor + blockBytes;
  bodyOffset[node] = offset;
  return offset + paddedBytes(bytes);
}

function writeLinks(writer: ByteWriter, { node, first, textStart, textBytes }: LinkColumns): void {
  writer.writeNumber(node.length);
  writer.writeNumber(textBytes.length);
  for (let row = 0; row < node.length; row += 1) {
    writer.writeNumber((node[row] ?? 0) - (node[row - 1] ?? 0));
    writer.writeNumber((first[row] ?? -1) + 1);
    writer.writeNumber((textStart[row + 1] ?? 0) - (textStart[row] ?? 0));
  }
  writer.writeBytes(textBytes, 0, textBytes.length);
}

function readLinks(reader: ByteReader): LinkColumns {
  const count = reader.readNumber();
  const textBytes = new Uint8Array(reader.readNumber());
  const node = new Int32Array(count);
  const first = new Int32Array(count);
  const textStart = new Uint32Array(count + 1);
  for (let row = 0; row < count; row += 1) {
    node[row] = (node[row - 1] ?? 0) + reader.readNumber();
    first[row] = reader.readNumber() - 1;
    textStart[row + 1] = (textStart[row] ?? 0) + reader.readNumber();
  }
  reader.readBytes(textBytes, 0, textBytes.length);
  return { node, first, textStart, textBytes };
}

interface OwnerTable {
  /** Mode, uid and gid. */
  readonly rows: readonly (readonly number[])[];
  readonly ofNode: Uint32Array;
}

function tableOfOwners({ nodeCount, mode, uid, gid }: FileTree): OwnerTable {
  const rows: number[][] = [];
  const rowOf = new Map<string, number>();
  const ofNode = new Uint32Array(nodeCount);
  for (let node = 0; node < nodeCount; node += 1) {
    const owner = [mode[node] ?? 0, uid[node] ?? 0, gid[node] ?? 0];
    const key = owner.join();
    const row = rowOf.get(key) ?? rows.length;
    if (row === rows.length) {
      rows.push(owner);
      rowOf.set(key, row);
    }
    ofNode[node] = row;
  }
  return { rows, ofNode };
}

function readOwner(reader: ByteReader): readonly number[] {
  return [reader.readNumber(), reader.readNumber(), reader.readNumber()];
}

function emptyLayer(reader: ByteReader): LayerIndex {
  const nodeCount = reader.readNumber();
  const tarBytes = reader.readNumber();
  const entryCount = reader.readNumber();
  const fileCount = reader.readNumber();
  const tree: FileTree = {
    nodeCount,
    parent: new Int32Array(nodeCount),
    subtreeEnd: new Int32Array(0),
    kind: new Uint8Array(nodeCount),
    bytes: new Float64Array(nodeCount),
    subtreeBytes: new Float64Array(0),
    layer: new Uint16Array(nodeCount),
    mode: new Uint32Array(nodeCount),
    uid: new Uint32Array(nodeCount),
    gid: new Uint32Array(nodeCount),
    nameStart: new Uint32Array(nodeCount),
    nameLength: new Uint16Array(nodeCount),
    nameBytes: new Uint8Array(reader.readNumber()),
    links: {
      node: new Int32Array(0),
      first: new Int32Array(0),
      textStart: new Uint32Array(1),
      textBytes: new Uint8Array(0),
    },
  };
  return {
    tree,
    flags: new Uint8Array(nodeCount),
    inode: new Int32Array(nodeCount),
    contentHash: new Uint32Array(nodeCount),
    bodyOffset: new Float64Array(nodeCount),
    contentBytes: 0,
    tarBytes,
    entryCount,
    fileCount,
    evidence: noEvidence,
  };
}
