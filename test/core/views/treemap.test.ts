import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type TreemapNode, treemapOf } from "../../../server/src/core/views/treemap.ts";
import { anImage } from "../../support/imageBuilder.ts";

const image = anImage()
  .base("usr/lib/libc.so.6 70MB, usr/bin/node 40MB, etc/passwd 1kB")
  .layer("app/main.js 3MB, app/logo.png 2MB, app/big.zip 5MB")
  .layer({ "app/.wh.big.zip": "0" });

/** A map as lines, two blanks for each level. */
function drawn(node: TreemapNode | undefined, depth = 0): readonly string[] {
  if (node === undefined) return [];
  const { name, kind, bytes, wastedBytes, layer, content, children = [] } = node;
  const waste = wastedBytes === 0 ? "" : ` wasted ${wastedBytes}`;
  return [
    `${"  ".repeat(depth)}${name || kind} ${bytes} layer ${layer} ${content}${waste}`,
    ...children.flatMap((child) => drawn(child, depth + 1)),
  ];
}

test("the final file system fills the map, heaviest first", () =>
  assert.deepEqual(drawn(treemapOf(image.read(), { scope: "final", path: "", limit: 100 })), [
    "directory 115001000 layer 0 library",
    "  usr 110000000 layer 0 library",
    "    lib 70000000 layer 0 library",
    "      libc.so.6 70000000 layer 0 library",
    "    bin 40000000 layer 0 other",
    "      node 40000000 layer 0 other",
    "  app 5000000 layer 1 code",
    "    main.js 3000000 layer 1 code",
    "    logo.png 2000000 layer 1 media",
    "  rest 1000 layer 0 other",
  ]));

test("a layer shows which of its bytes are wasted", () =>
  assert.deepEqual(
    drawn(treemapOf(image.read(), { scope: { layer: 1 }, path: "app", limit: 100 })),
    [
      "app 10000000 layer 1 archive wasted 5000000",
      "  big.zip 5000000 layer 1 archive wasted 5000000",
      "  main.js 3000000 layer 1 code",
      "  logo.png 2000000 layer 1 media",
    ],
  ));

test("there is no map of what is not there", () => {
  assert.equal(treemapOf(image.read(), { scope: "final", path: "no/such", limit: 9 }), undefined);
  assert.equal(treemapOf(image.read(), { scope: { layer: 7 }, path: "", limit: 9 }), undefined);
});

test("rectangles never are more than asked for, and every directory's add up to it", () =>
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.stringMatching(/^[a-d](\/[a-d]){0,3}\/[e-h]$/),
        fc.integer({ min: 0, max: 1e6 }).map(String),
        { maxKeys: 40 },
      ),
      fc.integer({ min: 1, max: 60 }),
      (files, limit) => {
        const read = anImage().layer(files).read();
        const map = treemapOf(read, { scope: "final", path: "", limit });
        assert.ok(map !== undefined);
        assert.equal(map.bytes, read.finalContentBytes);
        const all: TreemapNode[] = [map];
        for (const node of all) {
          all.push(...(node.children ?? []));
          if (node.children === undefined) continue;
          assert.equal(
            node.children.reduce((sum, { bytes }) => sum + bytes, 0),
            node.bytes,
          );
        }
        assert.ok(all.length <= limit + 1);
      },
    ),
  ));
