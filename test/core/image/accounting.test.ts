import assert from "node:assert/strict";
import { test } from "node:test";
import { linkTargetOf, pathOf } from "../../../server/src/core/image/fileTree.ts";
import { wasteKinds } from "../../../server/src/core/image/image.ts";
import { type ImageBuilder, anImage } from "../../support/imageBuilder.ts";
import { pushTar } from "../../support/layerText.ts";

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

test("H: a global PAX header is no content", () => {
  const image = anImage().rawLayer([
    { path: "pax_global_header", type: "g", body: Buffer.from("16 comment=made\n") },
    { path: "a", body: new Uint8Array(10) },
  ]);
  const read = pushTar(image.layerTars()[0]!, 4096);
  assert.ok(read.ok);
  assert.equal(read.value.index.contentBytes, 10);
});

test("a file that was moved alone is told from one that was deleted", () =>
  checkAccounting(
    anImage()
      .layer({ a: x10, b: "10MB" })
      .layer({ ".wh.a": "0", ".wh.b": "0", "new/a": x10, "new/b": "10MB" }),
    { sum: 40, final: 20, waste: ["a 10 moved 0>1", "b 10 deleted 0>1"] },
  ));

test("what an opaque directory hides may have moved too", () =>
  checkAccounting(anImage().layer({ "d/x": x10 }).layer({ "d/.wh..wh..opq": "0", "d/y": x10 }), {
    sum: 20,
    final: 10,
    waste: ["d/x 10 moved 0>1"],
  }));

test("a file written again in a directory that was deleted and made anew is overwritten or metadata-only, not deleted", () =>
  checkAccounting(
    anImage()
      .layer({ "d/same": x10, "d/other": "1MB", "d/gone": "2MB" })
      .layer({ ".wh.d": "0", "d/same": x10, "d/other": "1MB" }),
    {
      sum: 24,
      final: 11,
      waste: ["d/gone 2 deleted 0>1", "d/other 1 overwritten 0>1", "d/same 10 metadata-only 0>1"],
    },
  ));

test("what a copied-up tree rewrites is metadata-only, file by file", () =>
  checkAccounting(
    anImage()
      .layer({ "app/a": { size: "3MB", seed: "a" }, "app/b": { size: "4MB", seed: "b" } })
      .layer({
        "app/": { uid: 1 },
        "app/a": { size: "3MB", seed: "a", uid: 1 },
        "app/b": { size: "4MB", seed: "b", uid: 1 },
      }),
    { sum: 14, final: 7, waste: ["app/a 3 metadata-only 0>1", "app/b 4 metadata-only 0>1"] },
  ));

test("a file written three times wastes twice, each hidden by the next", () =>
  checkAccounting(anImage().layer("a 1MB").layer("a 2MB").layer("a 3MB"), {
    sum: 6,
    final: 3,
    waste: ["a 1 overwritten 0>1", "a 2 overwritten 1>2"],
  }));

test("a directory over a directory hides nothing and takes its attributes", () => {
  const image = anImage()
    .layer({ "d/": { mode: 0o700 }, "d/x": "1MB" })
    .layer({ "d/": { mode: 0o755 }, "d/y": "1MB" });
  checkAccounting(image, { sum: 2, final: 2, waste: [] });
  const { finalTree } = image.read();
  assert.equal(finalTree.mode[1], 0o755);
  assert.equal(finalTree.layer[1], 1);
});

test("a parent directory without an entry leaves attributes and layer as they are", () => {
  const { finalTree } = anImage()
    .layer({ "d/": { mode: 0o700 } })
    .layer("d/y 1MB")
    .read();
  assert.equal(finalTree.mode[1], 0o700);
  assert.equal(finalTree.layer[1], 0);
});

test("a directory that becomes a file, a link that becomes a directory", () =>
  checkAccounting(
    anImage()
      .layer({ "p/q": "10MB", l: { symlink: "elsewhere" }, "elsewhere/x": "1MB" })
      .layer({ p: "1MB", "l/": "", "l/new": "2MB" }),
    { sum: 14, final: 4, waste: ["p/q 10 replaced 0>1"] },
  ));

test("whiteouts act on lower layers whatever their place in the tar", () => {
  for (const order of [
    { ".wh.a": "0", a: "1MB" },
    { a: "1MB", ".wh.a": "0" },
  ]) {
    checkAccounting(anImage().layer("a 10MB").layer(order), {
      sum: 11,
      final: 1,
      waste: ["a 10 overwritten 0>1"],
    });
  }
});

test("whiteouts of what is not there, and in the base layer, hide nothing", () =>
  checkAccounting(
    anImage()
      .base({ ".wh.ghost": "0", "d/.wh..wh..opq": "0", "d/x": "1MB" })
      .layer({ "no/where/.wh.x": "0", "e/.wh..wh..opq": "0" }),
    { sum: 1, final: 1, waste: [] },
  ));

test("directories that only carry whiteouts do not come to be", () => {
  const read = anImage().layer("a 1MB").layer({ "no/where/.wh.x": "0" }).read();
  assert.equal(read.finalTree.nodeCount, 2);
  assert.equal(read.layers[1]!.tree.nodeCount, 4);
});

test("symlinks are never followed: what lies behind one stays", () =>
  checkAccounting(
    anImage()
      .layer({ lib: { symlink: "usr/lib" }, "usr/lib/x": "10MB" })
      .layer({ "lib/.wh.x": "0" })
      .layer({ "lib/.wh..wh..opq": "0", "lib/y": "1MB" }),
    { sum: 11, final: 11, waste: [] },
  ));

test("an inode group is wasted when its last name goes, by the layer that takes it", () =>
  checkAccounting(
    anImage()
      .layer({ a: "10MB", b: { hardlink: "a" }, c: { hardlink: "b" } })
      .layer(".wh.a 0")
      .layer("c 1MB")
      .layer(".wh.b 0"),
    { sum: 11, final: 1, waste: ["a 10 deleted 0>3"] },
  ));

test("the first visible name of a group carries its bytes in the final tree", () => {
  const { finalTree } = anImage()
    .layer({ a: "10MB", b: { hardlink: "a" }, c: { hardlink: "a" } })
    .layer(".wh.a 0")
    .read();
  assert.deepEqual(Array.from(finalTree.bytes), [0, 10e6, 0]);
  assert.equal(linkTargetOf(finalTree, 2), "b");
});

test("copy-up makes copies of hard links: both names are content of the upper layer", () =>
  checkAccounting(
    anImage()
      .layer({ a: x10, b: { hardlink: "a" } })
      .layer({ a: { ...x10, mode: 0o700 } }),
    { sum: 20, final: 20, waste: [] },
  ));

test("a hard link into a lower layer is one more name of what is there", () =>
  checkAccounting(
    anImage()
      .layer({ "d/a": x10 })
      .layer({ e: { hardlink: "d/a" } })
      .layer(".wh.d 0"),
    { sum: 10, final: 10, waste: [] },
  ));

test("a hard link to nothing weighs nothing", () =>
  checkAccounting(
    anImage()
      .layer("a 1MB")
      .layer({ ".wh.a": "0", e: { hardlink: "gone" } }),
    {
      sum: 1,
      final: 0,
      waste: ["a 1 deleted 0>1"],
    },
  ));

test("the first layer that hides decides, also for what it hides with a parent", () =>
  checkAccounting(
    anImage()
      .layer("d/e/x 10MB")
      .layer({ "d/e/.wh..wh..opq": "0" })
      .layer({ ".wh.d": "0" })
      .layer("d 1MB"),
    { sum: 11, final: 1, waste: ["d/e/x 10 opaque 0>1"] },
  ));

test("bytes are charged where they were hidden, and files are counted", () => {
  const { layers, fileCount } = anImage()
    .layer({ a: "10MB", b: { hardlink: "a" }, c: "1MB" })
    .layer({ c: "2MB" })
    .layer({ ".wh.c": "0", d: "0" })
    .read();
  assert.deepEqual(
    layers.map(({ wastedBytes, hidesBytes, fileCount: files }) => [wastedBytes, hidesBytes, files]),
    [
      [1e6, 0, 3],
      [2e6, 1e6, 1],
      [0, 2e6, 1],
    ],
  );
  assert.equal(fileCount, 3);
});

test("the same layer twice hides itself once", () =>
  checkAccounting(anImage().layer({ a: x10 }).layer({ a: x10 }).layer({ a: x10 }), {
    sum: 30,
    final: 10,
    waste: ["a 10 metadata-only 0>1", "a 10 metadata-only 1>2"],
  }));

test("6,500 whiteouts in 35,000 files take one linear pass", () => {
  const files = Object.fromEntries(
    Array.from({ length: 35_000 }, (_, at) => [`usr/share/d${at % 200}/f${at}`, "1kB"]),
  );
  const whiteouts = Object.fromEntries(
    Array.from({ length: 6_500 }, (_, at) => [`usr/share/d${at % 200}/.wh.f${at}`, "0"]),
  );
  const image = anImage().base(files).layer(whiteouts);
  const read = image.read();
  assert.equal(read.waste.count, 6_500);
  assert.equal(read.wastedBytes, 6.5e6);
});
