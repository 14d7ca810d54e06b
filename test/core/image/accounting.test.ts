import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf } from "../../../server/src/core/image/fileTree.ts";
import { wasteKinds } from "../../../server/src/core/image/image.ts";
import { type ImageBuilder, anImage } from "../../support/imageBuilder.ts";

/** Holds an image against the sums and waste rows it must have; rows read `path bytes kind written>hidden`. */
function checkAccounting(
  image: ImageBuilder,
  expected: { readonly sum: number; readonly final: number; readonly waste: readonly string[] },
): void {
  const read = image.read();
  const rows = Array.from({ length: read.waste.count }, (_, row) => {
    const layer = read.waste.writtenByLayer[row]!;
    const path = pathOf(read.layers[layer]!.tree, read.waste.node[row]!);
    const kind = wasteKinds[read.waste.kind[row]!]!;
    return `${path} ${read.waste.bytes[row]! / 1e6} ${kind} ${layer}>${read.waste.hiddenByLayer[row]!}`;
  });
  assert.deepEqual(
    {
      sum: read.layerContentBytes / 1e6,
      final: read.finalContentBytes / 1e6,
      waste: rows,
      total: read.finalContentBytes + read.wastedBytes,
    },
    { ...expected, total: read.layerContentBytes },
  );
  assert.equal(
    read.waste.bytes.reduce((sum, bytes) => sum + bytes, 0),
    read.wastedBytes,
  );
}

const x10 = { size: "10MB", seed: "x" };

test("A: a file that is deleted again is waste", () =>
  checkAccounting(anImage().layer("a 10MB").layer(".wh.a 0"), {
    sum: 10,
    final: 0,
    waste: ["a 10 deleted 0>1"],
  }));

test("B: deleting a directory wastes the files in it", () =>
  checkAccounting(anImage().layer("d/x 10MB").layer(".wh.d 0"), {
    sum: 10,
    final: 0,
    waste: ["d/x 10 deleted 0>1"],
  }));

test("C: a file written again wastes the first writing", () =>
  checkAccounting(anImage().layer("a 10MB").layer("a 10MB"), {
    sum: 20,
    final: 10,
    waste: ["a 10 overwritten 0>1"],
  }));

test("D: an opaque directory hides what lower layers had in it", () =>
  checkAccounting(anImage().layer("d/x 10MB").layer({ "d/.wh..wh..opq": "0", "d/y": "1MB" }), {
    sum: 11,
    final: 1,
    waste: ["d/x 10 opaque 0>1"],
  }));

test("E: the same bytes with another mode are metadata-only", () =>
  checkAccounting(
    anImage()
      .layer({ a: x10 })
      .layer({ a: { ...x10, mode: 0o755 } }),
    {
      sum: 20,
      final: 10,
      waste: ["a 10 metadata-only 0>1"],
    },
  ));

test("F: content that has another name is not wasted with one of its names", () =>
  checkAccounting(
    anImage()
      .layer({ a: "10MB", b: { hardlink: "a" } })
      .layer(".wh.a 0"),
    {
      sum: 10,
      final: 10,
      waste: [],
    },
  ));

test("G: more history rows than layers change no byte", () =>
  checkAccounting(anImage().layer("a 10MB").emptyRow("RUN true"), {
    sum: 10,
    final: 10,
    waste: [],
  }));

test("G2: no history changes no byte", () =>
  checkAccounting(anImage().layer("a 10MB").layer("b 10MB").withoutHistory(), {
    sum: 20,
    final: 20,
    waste: [],
  }));

test("K: an empty layer in the middle weighs nothing", () =>
  checkAccounting(anImage().layer("a 10MB").layer({}).layer("b 1MB"), {
    sum: 11,
    final: 11,
    waste: [],
  }));

test("M: the layer that first hides decides, whatever is written later", () =>
  checkAccounting(anImage().layer({ a: x10 }).layer(".wh.a 0").layer({ a: x10 }), {
    sum: 20,
    final: 10,
    waste: ["a 10 deleted 0>1"],
  }));

test("N: a renamed directory was moved", () =>
  checkAccounting(
    anImage().layer({ "d/": "", "d/x": x10 }).layer({ ".wh.d": "0", "e/": "", "e/x": x10 }),
    { sum: 20, final: 10, waste: ["d/x 10 moved 0>1"] },
  ));

test("O: a file that becomes a directory was replaced", () =>
  checkAccounting(anImage().layer("p 10MB").layer({ "p/": "", "p/q": "1MB" }), {
    sum: 11,
    final: 1,
    waste: ["p 10 replaced 0>1"],
  }));

test("P: an image without layers weighs nothing", () =>
  checkAccounting(anImage(), { sum: 0, final: 0, waste: [] }));
