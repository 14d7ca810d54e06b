import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ReadImage } from "../../../server/src/core/image/image.ts";
import { treemapInSteps, type TreemapQuestion } from "../../../server/src/core/views/treemap.ts";
import { emptyTreemapMemory } from "../../../server/src/core/views/treemapMemory.ts";
import type { TreemapNode } from "../../../server/src/core/views/treemapNode.ts";
import { finish } from "../../../server/src/core/image/piecework.ts";
import { anImage } from "../../support/imageBuilder.ts";

const image = anImage()
  .base("usr/lib/libc.so.6 70MB, usr/bin/node 40MB, etc/passwd 1kB")
  .layer("app/main.js 3MB, app/logo.png 2MB, app/big.zip 5MB")
  .layer({ "app/.wh.big.zip": "0" });

function treemapOf(read: ReadImage, question: TreemapQuestion): TreemapNode | undefined {
  return finish(treemapInSteps(emptyTreemapMemory(), read, question));
}

/** A map as lines, two blanks for each level. */
function drawn(node: TreemapNode | undefined, depth = 0): readonly string[] {
  if (node === undefined) return [];
  const { name, kind, bytes, wastedBytes, layer, content, hidden, children = [] } = node;
  const waste = wastedBytes === 0 ? "" : ` wasted ${wastedBytes}`;
  const how = hidden === undefined ? "" : ` ${hidden.kind} by ${hidden.by}`;
  return [
    `${"  ".repeat(depth)}${name || kind} ${bytes} layer ${layer} ${content}${waste}${how}`,
    ...children.flatMap((child) => drawn(child, depth + 1)),
  ];
}

function checkMap(question: Partial<TreemapQuestion>, lines: readonly string[]): void {
  const map = treemapOf(image.read(), {
    scope: { kind: "image" },
    path: "",
    limit: 100,
    ...question,
  });
  assert.deepEqual(drawn(map), lines);
}

test("the final file system fills the map, heaviest first, with all waste beside it", () =>
  checkMap({}, [
    "image 120001000 layer 0 library wasted 5000000",
    "  usr 110000000 layer 0 library",
    "    lib 70000000 layer 0 library",
    "      libc.so.6 70000000 layer 0 library",
    "    bin 40000000 layer 0 other",
    "      node 40000000 layer 0 other",
    "  app 5000000 layer 1 code",
    "    main.js 3000000 layer 1 code",
    "    logo.png 2000000 layer 1 media",
    "  etc 1000 layer 0 other",
    "  waste 5000000 layer 1 archive wasted 5000000",
    "    layer 5000000 layer 1 archive wasted 5000000",
    "      app 5000000 layer 1 archive wasted 5000000",
    "        big.zip 5000000 layer 1 archive wasted 5000000 deleted by 2",
  ]));

test("a layer shows which of its bytes are wasted, and who hid them", () =>
  checkMap({ scope: { kind: "layer", layer: 1 }, path: "app" }, [
    "app 10000000 layer 1 archive wasted 5000000",
    "  big.zip 5000000 layer 1 archive wasted 5000000 deleted by 2",
    "  main.js 3000000 layer 1 code",
    "  logo.png 2000000 layer 1 media",
  ]));

test("the waste of a layer is a map of its own", () =>
  checkMap({ scope: { kind: "waste", layer: 1 } }, [
    "layer 5000000 layer 1 archive wasted 5000000",
    "  app 5000000 layer 1 archive wasted 5000000",
    "    big.zip 5000000 layer 1 archive wasted 5000000 deleted by 2",
  ]));

test("a directory of the final file system stands for what a container sees of it", () =>
  checkMap({ path: "app" }, [
    "app 5000000 layer 1 code",
    "  main.js 3000000 layer 1 code",
    "  logo.png 2000000 layer 1 media",
  ]));

test("a directory of many equal files shows some of them however light they are", () => {
  const files = Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`many/${index}`, "1kB"]),
  );
  const map = treemapOf(anImage().layer(files).read(), {
    scope: { kind: "image" },
    path: "many",
    limit: 100,
  });
  assert.equal(map?.children?.length, 31);
  assert.equal(map?.children?.at(-1)?.count, 4970);
});

test("there is no map of what is not there", () => {
  const read = image.read();
  for (const question of [
    { scope: { kind: "image" }, path: "no/such" },
    { scope: { kind: "layer", layer: 7 }, path: "" },
    { scope: { kind: "waste", layer: 7 }, path: "" },
  ] as const) {
    assert.equal(treemapOf(read, { ...question, limit: 9 }), undefined);
  }
});

const someFiles = fc.dictionary(
  fc.stringMatching(/^[a-d](\/[a-d]){0,3}\/[e-h]$/),
  fc.integer({ min: 0, max: 1e6 }).map(String),
  { maxKeys: 40 },
);

test("rectangles never are more than asked for, every directory's add up to it, and the whole weighs what the layers do", () =>
  fc.assert(
    fc.property(someFiles, someFiles, fc.integer({ min: 12, max: 60 }), (files, later, limit) => {
      const read = anImage().layer(files).layer(later).layer({ "a/.wh.b": "0" }).read();
      const scopes = [
        [{ kind: "image" }, read.layerContentBytes],
        [{ kind: "waste", layer: undefined }, read.wastedBytes],
        [{ kind: "layer", layer: 1 }, read.layers[1]!.contentBytes],
        [{ kind: "waste", layer: 0 }, read.layers[0]!.wastedBytes],
      ] as const;
      for (const [scope, totalBytes] of scopes) {
        const map = treemapOf(read, { scope, path: "", limit });
        assert.ok(map !== undefined);
        assert.equal(map.bytes, totalBytes);
        const all: TreemapNode[] = [map];
        for (const { bytes, wastedBytes, children } of all) {
          all.push(...(children ?? []));
          assert.ok(wastedBytes >= 0 && wastedBytes <= bytes);
          if (children === undefined) continue;
          assert.equal(
            children.reduce((sum, child) => sum + child.bytes, 0),
            bytes,
          );
          if (scope.kind === "layer") {
            assert.equal(
              children.reduce((sum, child) => sum + child.wastedBytes, 0),
              wastedBytes,
            );
          }
        }
        assert.ok(all.length <= limit, `${all.length} of ${limit}`);
      }
    }),
  ));

test("names of one inode group are drawn once, also where a later layer keeps only some of them", () => {
  const read = anImage()
    .layer({ "a/x": "7kB", "b/y": { hardlink: "a/x" }, "b/z": "1kB" })
    .layer({ "c/own": "2kB", "c/same": { hardlink: "c/own" }, "a/.wh.x": "0", "b/z": "3kB" })
    .read();
  const whole = treemapOf(read, { scope: { kind: "image" }, path: "", limit: 100 });
  assert.deepEqual(drawn(whole), [
    "image 13000 layer 0 other wasted 1000",
    "  b 10000 layer 0 other",
    "    y 7000 layer 0 other",
    "    z 3000 layer 1 other",
    "  c 2000 layer 1 other",
    "    own 2000 layer 1 other",
    "  waste 1000 layer 0 other wasted 1000",
    "    layer 1000 layer 0 other wasted 1000",
    "      b 1000 layer 0 other wasted 1000",
    "        z 1000 layer 0 other wasted 1000 overwritten by 1",
  ]);
  assert.equal(whole!.bytes, read.layerContentBytes);
  const layers = read.layers.map(({ index }) =>
    treemapOf(read, { scope: { kind: "layer", layer: index }, path: "", limit: 100 }),
  );
  assert.deepEqual(
    layers.map((map) => [map?.bytes, map?.wastedBytes]),
    read.layers.map(({ contentBytes, wastedBytes }) => [contentBytes, wastedBytes]),
  );
});

test("each wasted file says who hid it, names before a slash and behind it too", () => {
  const read = anImage()
    .layer("a/x 1kB, a-b 2kB, a.c/y 3kB, b 4kB")
    .layer("a-b 2kB, b 5kB")
    .layer({ ".wh.a": "0", ".wh.a.c": "0" })
    .read();
  const map = treemapOf(read, { scope: { kind: "waste", layer: 0 }, path: "", limit: 100 });
  assert.deepEqual(drawn(map), [
    "layer 10000 layer 0 other wasted 10000",
    "  b 4000 layer 0 other wasted 4000 overwritten by 1",
    "  a.c 3000 layer 0 other wasted 3000",
    "    y 3000 layer 0 other wasted 3000 deleted by 2",
    "  a-b 2000 layer 0 other wasted 2000 overwritten by 1",
    "  a 1000 layer 0 other wasted 1000",
    "    x 1000 layer 0 other wasted 1000 deleted by 2",
  ]);
});
