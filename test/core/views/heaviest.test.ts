import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf } from "../../../server/src/core/image/fileTree.ts";
import {
  heaviestChildren,
  heaviestPlaces,
  selectFirst,
} from "../../../server/src/core/views/heaviest.ts";
import type { LayerSpec } from "../../support/imageBuilder.ts";
import { anImage } from "../../support/imageBuilder.ts";

const treeOf = (files: LayerSpec) => anImage().layer(files).read().layers[0]!.tree;

const placesIn = (files: LayerSpec, limit = 8) =>
  heaviestPlaces(treeOf(files), limit).map(
    ({ path, isDirectory, bytes }) => `${path}${isDirectory ? "/" : ""} ${bytes}`,
  );

test("the first few of many come out in order, whatever order they are offered in", () => {
  for (const step of [1, 7, 101, 996]) {
    const offered = Array.from({ length: 997 }, (_, index) => (index * step) % 997);
    assert.deepEqual(
      selectFirst(
        (offer) => offered.forEach(offer),
        5,
        (a, b) => a > b,
      ),
      [996, 995, 994, 993, 992],
    );
  }
});

test("fewer candidates than wanted are all kept, none wanted gives none", () => {
  const offering = (offer: (candidate: number) => void) => [2, 1, 3].forEach(offer);
  assert.deepEqual(
    selectFirst(offering, 9, (a, b) => a < b),
    [1, 2, 3],
  );
  assert.deepEqual(
    selectFirst(offering, 0, (a, b) => a < b),
    [],
  );
});

test("pages of children follow each other without gap or overlap, equal weights by name", () => {
  const files = Object.fromEntries(
    Array.from({ length: 25 }, (_, index) => [
      `f${String(index).padStart(2, "0")}`,
      String(index % 5),
    ]),
  );
  const tree = treeOf(files);
  const pages: string[][] = [];
  for (let after: number | undefined; ;) {
    const { nodes, restCount } = heaviestChildren(tree, 0, 10, after);
    pages.push(nodes.map((node) => nameOf(tree, node)));
    if (restCount === 0) break;
    after = nodes.at(-1);
  }
  const inOrder = Object.keys(files).toSorted(
    (a, b) => Number(files[b]) - Number(files[a]) || (a < b ? -1 : 1),
  );
  assert.deepEqual(
    pages.map((page) => page.length),
    [10, 10, 5],
  );
  assert.deepEqual(pages.flat(), inOrder);
});

test("a directory gives way to the one thing that makes up much of it", () => {
  assert.deepEqual(placesIn("usr/lib/llvm/libLLVM.so 90MB, usr/lib/llvm/a 1MB, usr/bin/x 2MB"), [
    "usr/lib/llvm/libLLVM.so 90000000",
    "usr/bin/x 2000000",
    "usr/lib/llvm/a 1000000",
  ]);
});

test("a directory of many small files stands for them", () => {
  const files = Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`usr/share/doc/p${index}/copyright`, "20kB"]),
  );
  assert.deepEqual(placesIn({ ...files, "etc/passwd": "1kB" }), [
    "usr/share/doc/ 1000000",
    "etc/passwd 1000",
  ]);
});

test("places are not inside each other and never weigh more than the layer", () => {
  const tree = treeOf("a/b/c 5MB, a/b/d 4MB, a/e 3MB, f 2MB, g/h 1MB");
  const places = heaviestPlaces(tree, 3);
  assert.equal(places.length, 3);
  assert.ok(places.reduce((sum, { bytes }) => sum + bytes, 0) <= 15e6);
  for (const { path } of places) {
    assert.ok(places.every((other) => other.path === path || !other.path.startsWith(`${path}/`)));
  }
});

test("a layer without bytes has no heaviest places", () => {
  assert.deepEqual(placesIn("empty 0, d/"), []);
});
