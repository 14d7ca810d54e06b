import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nodeKind, pathOf } from "../../../server/src/core/image/fileTree.ts";
import type { WeighedRows } from "../../../server/src/core/views/reportSpots.ts";
import { findPlaces } from "../../../server/src/core/views/reportSpots.ts";
import type { LayerSpec } from "../../support/imageBuilder.ts";
import { anImage } from "../../support/imageBuilder.ts";

/** All files of one layer, in one group, or in groups by the first letter of their path. */
function rowsOf(files: LayerSpec, isGrouped = false): WeighedRows {
  const tree = anImage().layer(files).read().finalTree;
  return {
    count: tree.nodeCount,
    treeOf: () => tree,
    nodeOf: (row) => row,
    bytesOf: (row) => tree.bytes[row] ?? 0,
    groupOf: (row) => {
      if (tree.kind[row] !== nodeKind.file) return undefined;
      return isGrouped ? pathOf(tree, row).charCodeAt(0) : 0;
    },
  };
}

/** Places as text: `path bytes (rows)`, with `+` for what is left beside deeper places. */
function checkPlaces(files: LayerSpec, limit: number, expected: readonly string[]): void {
  const places = findPlaces(rowsOf(files), limit);
  assert.deepEqual(
    places.map(
      ({ tree, node, bytes, rowCount, isRest }) =>
        `${pathOf(tree, node)}${isRest ? "+" : ""} ${bytes} (${rowCount})`,
    ),
    expected,
  );
}

test("a heavy file stands for itself", () =>
  checkPlaces("usr/bin/node 900, etc/passwd 1", 1, ["usr/bin/node 900 (1)"]));

test("many small files are one place: their directory", () =>
  checkPlaces("a/1 10, a/2 10, a/3 10, a/4 10, a/5 10, a/6 10, b 50", 2, ["a 60 (6)", "b 50 (1)"]));

test("a directory whose heavy file has its own place stands for the rest", () =>
  checkPlaces("lib/big 500, lib/1 90, lib/2 90, lib/3 90, lib/4 90", 2, [
    "lib/big 500 (1)",
    "lib+ 360 (4)",
  ]));

test("small leftovers go up until they are worth a row", () =>
  checkPlaces("usr/lib/big 600, usr/lib/s 100, usr/share/t 100, usr/u 100, usr/v 100", 2, [
    "usr/lib/big 600 (1)",
    "usr+ 400 (4)",
  ]));

test("nothing weighs nothing", () => {
  checkPlaces("a 0, b/c 0", 5, []);
  checkPlaces({}, 5, []);
});

test("groups are never mixed, though they share a directory's name", () => {
  const tree = anImage().layer("d/a 40, d/b 30, d/c 30").read().finalTree;
  const rows: WeighedRows = {
    count: tree.nodeCount,
    treeOf: () => tree,
    nodeOf: (row) => row,
    bytesOf: (row) => tree.bytes[row] ?? 0,
    groupOf: (row) =>
      tree.kind[row] === nodeKind.file ? (pathOf(tree, row) === "d/a" ? 1 : 2) : undefined,
  };
  assert.deepEqual(
    findPlaces(rows, 2).map(({ group, bytes, rowCount }) => [group, bytes, rowCount]),
    [
      [2, 60, 2],
      [1, 40, 1],
    ],
  );
});

const paths = fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 4 });
const manyFiles = fc
  .array(fc.tuple(paths, fc.nat(1000)), { maxLength: 40 })
  .map((files) =>
    Object.fromEntries(files.map(([path, bytes]) => [`${path.join("/")}.f`, String(bytes)])),
  );

test("places are within the limit, disjoint, and together at most everything", () => {
  fc.assert(
    fc.property(
      manyFiles,
      fc.integer({ min: 1, max: 12 }),
      fc.boolean(),
      (files, limit, isGrouped) => {
        const rows = rowsOf(files, isGrouped);
        const places = findPlaces(rows, limit);
        const totalBytes = Object.values(files).reduce((sum, bytes) => sum + Number(bytes), 0);
        const placedBytes = places.reduce((sum, { bytes }) => sum + bytes, 0);
        const rowCount = places.reduce((sum, place) => sum + place.rowCount, 0);
        assert.ok(places.length <= limit);
        assert.ok(placedBytes <= totalBytes);
        assert.ok(rowCount <= Object.keys(files).length);
        assert.deepEqual(
          places.map(({ bytes }) => bytes),
          places.map(({ bytes }) => bytes).toSorted((a, b) => b - a),
        );
        for (const place of places) assert.ok(place.rowCount > 0);
      },
    ),
    { numRuns: 200 },
  );
});
