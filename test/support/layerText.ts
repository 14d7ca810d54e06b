import assert from "node:assert/strict";
import {
  type FileTree,
  linkTargetOf,
  nameOf,
  nodeKind,
  pathOf,
} from "../../server/src/core/image/fileTree.ts";
import { type LayerIndex, layerFlag } from "../../server/src/core/image/layerIndex.ts";
import type { ImageError } from "../../server/src/core/image/imageError.ts";
import type { Result } from "../../server/src/core/result.ts";
import { createLayerIndexer } from "../../server/src/io/layerIndexer.ts";
import { type Limits, defaultLimits } from "../../server/src/io/limits.ts";
import { readPlainLayer } from "../../server/src/io/plainLayer.ts";
import { regionOf } from "../../server/src/io/regionReader.ts";
import { borrowArena, returnArena } from "../../server/src/io/threadArena.ts";

/** Indexes a tar by seeking and as a stream in several portions, and checks that all ways agree. */
export function indexTar(
  tar: Uint8Array,
  limits: Limits = defaultLimits,
): Result<LayerIndex, ImageError> {
  const seek = (): ReturnType<typeof readPlainLayer> =>
    readPlainLayer("layer", regionOf(tar), limits, () => undefined);
  const sought = seek();
  assert.deepEqual(withoutArena(seek), sought, "each entry by itself");
  for (const portion of [1, 511, 512, 1000, tar.length]) {
    const pushed = pushTar(tar, portion, limits);
    assert.deepEqual(comparable(pushed), comparable(sought), `portions of ${portion} bytes`);
  }
  return sought.ok ? { ok: true, value: sought.value.index } : sought;
}

/** What is read meanwhile is read entry by entry, as if another layer had the arena of this thread. */
export function withoutArena<T>(read: () => T): T {
  const arena = borrowArena();
  try {
    return read();
  } finally {
    returnArena(arena);
  }
}

/** Indexes stored bytes that come in portions. */
export function pushTar(
  stored: Uint8Array,
  portion: number,
  limits: Limits = defaultLimits,
): ReturnType<ReturnType<typeof createLayerIndexer>["finish"]> {
  const indexer = createLayerIndexer({ name: "layer", limits, digest: "left out" });
  try {
    for (let at = 0; at < stored.length; at += Math.max(portion, 1)) {
      const error = indexer.push(stored.subarray(at, at + Math.max(portion, 1)));
      if (error !== undefined) return { ok: false, error };
    }
    return indexer.finish();
  } finally {
    indexer.close();
  }
}

/** A layer as text: one line for each node, `path kind bytes …`. */
export function layerText(index: LayerIndex): string {
  const { tree, flags } = index;
  return Array.from({ length: tree.nodeCount }, (_, node) => {
    const has = (flag: number): boolean => ((flags[node] ?? 0) & flag) !== 0;
    const target = linkTargetOf(tree, node);
    return [
      pathOf(tree, node) === "" ? "/" : pathOf(tree, node),
      kindName(tree.kind[node]),
      tree.kind[node] === nodeKind.file ? `${tree.bytes[node]}` : "",
      target === "" ? "" : `-> ${target}`,
      has(layerFlag.stated) ? "" : "(made up)",
      has(layerFlag.opaque) ? "opaque" : "",
      has(layerFlag.whitedOut) ? "whited out" : "",
      has(layerFlag.sparse) ? "sparse" : "",
    ]
      .filter(Boolean)
      .join(" ");
  }).join("\n");
}

/** Checks what `FileTree` promises of its columns. */
export function checkTree(tree: FileTree): void {
  for (let node = 1; node < tree.nodeCount; node += 1) {
    const parent = tree.parent[node]!;
    assert.ok(parent < node, "parents come first");
    assert.equal(tree.kind[parent], nodeKind.directory, "only directories have children");
    assert.ok(tree.subtreeEnd[node]! <= tree.subtreeEnd[parent]!, "subtrees are nested");
    assert.ok(nameOf(tree, node) !== "", "every node has a name");
  }
  for (let node = 0; node < tree.nodeCount; node += 1) {
    let below = tree.bytes[node]!;
    let before: Buffer | undefined;
    for (let child = node + 1; child < tree.subtreeEnd[node]!; child = tree.subtreeEnd[child]!) {
      assert.equal(tree.parent[child], node, "children know their parent");
      const start = tree.nameStart[child]!;
      const name = Buffer.from(tree.nameBytes.subarray(start, start + tree.nameLength[child]!));
      assert.ok(before === undefined || Buffer.compare(before, name) < 0, "children stand by name");
      before = name;
      below += tree.subtreeBytes[child]!;
    }
    assert.equal(tree.subtreeBytes[node], below, "subtrees weigh what is in them");
  }
}

/** Seeking hashes small contents only, so hashes are left out; both know the digest of a tar without end mark. */
function comparable(read: ReturnType<typeof pushTar>): unknown {
  if (!read.ok) return read.error;
  const { tree, bodyOffset, tarBytes, fileCount, contentBytes, evidence } = read.value.index;
  checkTree(tree);
  const text = layerText(read.value.index);
  return { text, bodyOffset, tarBytes, fileCount, contentBytes, tree, evidence };
}

function kindName(kind: number | undefined): string {
  return Object.entries(nodeKind).find(([, value]) => value === kind)?.[0] ?? "?";
}
