import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nodeKind, pathOf } from "../../server/src/core/image/fileTree.ts";
import { wasteKinds } from "../../server/src/core/image/image.ts";
import { decodeLayer, encodeLayer } from "../../server/src/core/image/layerCodec.ts";
import type { LayerIndex } from "../../server/src/core/image/layerIndex.ts";
import { type MergedLayers, mergeLayers, stackLayers } from "../../server/src/core/image/merge.ts";
import { refusalNow } from "../../server/src/io/entryLimits.ts";
import { defaultLimits } from "../../server/src/io/limits.ts";
import { checkTree, indexTar, pushTar } from "../support/layerText.ts";
import { modelImage } from "../support/layerModel.ts";
import { type TarEntry, writeTar } from "../support/tarWriter.ts";

const name = fc.constantFrom("a", "b", "c");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
const body = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(0x61, 0x62))
  .map(([length, byte]) => new Uint8Array(length).fill(byte));

const entry: fc.Arbitrary<TarEntry> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ path, body }) },
  { weight: 2, arbitrary: path.map((at) => ({ path: `${at}/`, type: "5" })) },
  { weight: 1, arbitrary: path.map((at) => ({ path: at, type: "2", linkTarget: "x" })) },
  { weight: 2, arbitrary: fc.record({ path, linkTarget: path, type: fc.constant("1") }) },
  { weight: 3, arbitrary: path.map((at) => ({ path: whiteoutOf(at) })) },
  { weight: 1, arbitrary: path.map((at) => ({ path: `${at}/.wh..wh..opq` })) },
);
const tar = fc.array(entry, { maxLength: 8 });
const stack = fc.array(tar, { maxLength: 5 });

function whiteoutOf(at: string): string {
  const start = at.lastIndexOf("/") + 1;
  return `${at.slice(0, start)}.wh.${at.slice(start)}`;
}

function indexOf(entries: readonly TarEntry[]): LayerIndex {
  const read = pushTar(writeTar(entries), 4096);
  assert.ok(read.ok, JSON.stringify(read));
  return read.value.index;
}

function merge(layers: readonly (readonly TarEntry[])[]): MergedLayers {
  return mergeLayers(stackLayers(layers.map(indexOf)));
}

function finalTreeOf({ finalTree }: MergedLayers): readonly string[] {
  const kinds = Object.keys(nodeKind);
  return Array.from({ length: finalTree.nodeCount - 1 }, (_, at) => {
    const node = at + 1;
    return `${pathOf(finalTree, node)} ${kinds[finalTree.kind[node]!]!} ${finalTree.bytes[node]!}`;
  });
}

function wasteOf({ waste }: MergedLayers): readonly string[] {
  return Array.from(
    { length: waste.count },
    (_, row) => `${waste.writtenByLayer[row]!}>${waste.hiddenByLayer[row]!} ${waste.bytes[row]!}`,
  ).sort();
}

function wastedBytes({ waste }: MergedLayers): number {
  return waste.bytes.reduce((sum, bytes) => sum + bytes, 0);
}

function contentBytes({ layers }: MergedLayers): number {
  return layers.reduce((sum, layer) => sum + layer.contentBytes, 0);
}

test("layers make what the plainest model says: final tree, waste by layers, sums", () =>
  fc.assert(
    fc.property(stack, (layers) => {
      const merged = merge(layers);
      const model = modelImage(layers);
      assert.deepEqual(finalTreeOf(merged), model.finalTree);
      assert.deepEqual(wasteOf(merged), model.waste);
      assert.equal(contentBytes(merged), model.layerContentBytes);
      checkTree(merged.finalTree);
    }),
    { numRuns: 400 },
  ));

test("final tree + waste = sum of layers", () =>
  fc.assert(
    fc.property(stack, (layers) => {
      const merged = merge(layers);
      assert.equal(merged.finalTree.subtreeBytes[0]! + wastedBytes(merged), contentBytes(merged));
      const byLayer = merged.layers.map((layer) => layer.wastedBytes);
      assert.equal(
        byLayer.reduce((sum, bytes) => sum + bytes, 0),
        wastedBytes(merged),
      );
      merged.layers.forEach((layer, at) =>
        assert.ok(layer.wastedBytes <= layer.contentBytes, `layer ${at}`),
      );
    }),
  ));

test("one layer has no waste", () =>
  fc.assert(
    fc.property(tar, (entries) => {
      assert.equal(merge([entries]).waste.count, 0);
    }),
  ));

test("explicit and opaque whiteouts of a directory waste the same", () =>
  fc.assert(
    fc.property(stack, name, (layers, directory) => {
      const explicit = merge([
        ...layers,
        [{ path: whiteoutOf(directory) }, { path: `${directory}/`, type: "5" }],
      ]);
      const opaque = merge([
        ...layers,
        [{ path: `${directory}/`, type: "5" }, { path: `${directory}/.wh..wh..opq` }],
      ]);
      assert.deepEqual(wasteOf(explicit), wasteOf(opaque));
      assert.deepEqual(finalTreeOf(explicit), finalTreeOf(opaque));
    }),
  ));

test("deleting a directory wastes what deleting its files one by one wastes", () =>
  fc.assert(
    fc.property(stack, name, (layers, directory) => {
      const before = merge(layers);
      const paths = finalTreeOf(before)
        .map((line) => line.split(" ")[0]!)
        .filter((at) => at.startsWith(`${directory}/`));
      const whole = merge([...layers, [{ path: whiteoutOf(directory) }]]);
      const single = merge([
        ...layers,
        [...paths, directory].map((at) => ({ path: whiteoutOf(at) })),
      ]);
      assert.deepEqual(wasteOf(whole), wasteOf(single));
    }),
  ));

test("the order of whiteouts in a tar does not matter", () =>
  fc.assert(
    fc.property(stack, tar, (layers, last) => {
      const isWhiteout = ({ path: at }: TarEntry): boolean => String(at).includes(".wh.");
      const whiteouts = last.filter(isWhiteout);
      const others = last.filter((one) => !isWhiteout(one));
      const first = merge([...layers, [...whiteouts, ...others]]);
      const behind = merge([...layers, [...others, ...whiteouts]]);
      assert.deepEqual(wasteOf(first), wasteOf(behind));
    }),
  ));

test("only content that is there again is metadata-only or moved", () =>
  fc.assert(
    fc.property(stack, (layers) => {
      const merged = merge(layers);
      for (let row = 0; row < merged.waste.count; row += 1) {
        const kind = wasteKinds[merged.waste.kind[row]!]!;
        if (kind !== "metadata-only" && kind !== "moved") continue;
        const written = merged.waste.writtenByLayer[row]!;
        // A hard link may bring a file of a lower layer back: then it is there in the layer that wrote it.
        const isThere = merged.layers.some(({ tree }, layer) =>
          tree.bytes.some(
            (bytes, node) =>
              bytes === merged.waste.bytes[row]! &&
              (layer !== written || node !== merged.waste.node[row]!),
          ),
        );
        assert.ok(isThere, kind);
      }
    }),
  ));

test("seeking and streaming read the same tar", () =>
  fc.assert(
    fc.property(tar, (entries) => {
      assert.ok(indexTar(writeTar(entries)).ok);
    }),
  ));

test("damaged tars give a layer or an error, never an exception", () =>
  fc.assert(
    fc.property(tar, fc.nat(), fc.nat(255), (entries, at, byte) => {
      const damaged = writeTar(entries);
      damaged[at % damaged.length] = byte;
      const read = indexTar(damaged);
      assert.ok(read.ok || read.error.code !== "cancelled");
    }),
  ));

test("a remembered layer is refused by the limits that refuse it when it is read, in the same words", () =>
  fc.assert(
    fc.property(tar, fc.nat(20), fc.integer({ min: -1, max: 1 }), (entries, most, more) => {
      const bytes = writeTar(entries);
      const index = indexOf(entries);
      for (const set of [{ entries: most }, { tarBytes: bytes.length + more }]) {
        const limits = { ...defaultLimits, ...set };
        const read = pushTar(bytes, 4096, limits);
        assert.deepEqual(refusalNow("layer", index, limits), read.ok ? undefined : read.error);
      }
    }),
  ));

test("a layer comes back from its encoded form as it was", () =>
  fc.assert(
    fc.property(tar, (entries) => {
      const layer = indexOf(entries);
      assert.deepEqual(decodeLayer(encodeLayer(layer)), layer);
    }),
  ));
