import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { findNode, nameOf, nodeKind, pathOf } from "../../../server/src/core/image/fileTree.ts";
import { finish } from "../../../server/src/core/image/piecework.ts";
import { layerMark, layerMarksOf } from "../../../server/src/core/image/layerMarks.ts";
import { type ImageBuilder, type LayerSpec, anImage } from "../../support/imageBuilder.ts";

const markNames = Object.fromEntries(Object.entries(layerMark).map(([name, code]) => [code, name]));

/** `path mark`, with the bytes that it hides, for all that carries a mark in the last layer. */
function marksText(image: ImageBuilder): readonly string[] {
  const read = image.read();
  const last = read.layers.length - 1;
  const { tree } = read.layers[last]!;
  const { mark, hiddenBytes } = finish(layerMarksOf(read, last));
  return Array.from(mark, (code, node) => {
    const hidden = hiddenBytes[node] === 0 ? "" : ` hides ${hiddenBytes[node]}`;
    return code === 0 ? "" : `${pathOf(tree, node)} ${markNames[code]}${hidden}`;
  }).filter((text) => text !== "");
}

function checkMarks(layers: readonly LayerSpec[], expected: readonly string[]): void {
  assert.deepEqual(
    marksText(layers.reduce<ImageBuilder>((image, files) => image.layer(files), anImage())),
    expected,
  );
}

test("what was not there is added, with all below it", () =>
  checkMarks(
    ["usr/bin/sh 5", "usr/bin/tool 3, app/a/b 2"],
    ["app added", "app/a added", "app/a/b added", "usr/bin/tool added"],
  ));

test("other content is changed, the same content again is metadata only", () =>
  checkMarks(
    [
      { grown: "5", same: { size: 5, seed: "x" }, other: { size: 5, seed: "y" }, empty: "0" },
      {
        grown: "6",
        same: { size: 5, seed: "x", uid: 7 },
        other: { size: 5, seed: "z" },
        empty: "0",
      },
    ],
    ["empty metadata", "grown changed hides 5", "other changed hides 5", "same metadata hides 5"],
  ));

test("a directory is marked only for its own owner and mode", () =>
  checkMarks(
    [
      { "kept/": { mode: 0o755 }, "opened/": { mode: 0o755 }, "opened/a": "1" },
      { "kept/": { mode: 0o755 }, "kept/new": "2", "opened/": { mode: 0o777 } },
    ],
    ["kept/new added", "opened metadata"],
  ));

test("a whiteout removes, and says what lower layers still carry", () =>
  checkMarks(
    ["var/lists/a 30, var/lists/b 10", "var/lists/c 2", { "var/.wh.lists": "0" }],
    ["var/lists removed hides 42"],
  ));

test("what was removed before is added when it comes again", () =>
  checkMarks(
    ["a 5, d/x 1", { ".wh.a": "0", ".wh.d": "0" }, "a 5, d/x 1"],
    ["a added", "d added", "d/x added"],
  ));

test("what an opaque whiteout empties comes as new", () =>
  checkMarks(
    ["d/old 5, d/again 3", { "d/.wh..wh..opq": "0", "d/again": "3" }],
    ["d changed hides 8", "d/again added"],
  ));

test("another type is a change, with what it hides", () =>
  checkMarks(
    [
      { "d/x": "5", file: "3", link: { symlink: "a" }, still: { symlink: "a" } },
      { d: "2", "file/y": "1", link: { symlink: "b" }, still: { symlink: "a" } },
    ],
    ["d changed hides 5", "file changed hides 3", "file/y added", "link changed", "still metadata"],
  ));

test("a directory that is there only for whiteouts of another layer was not there", () =>
  checkMarks(["a 1", { "d/.wh.x": "0" }, "d/y 2"], ["d added", "d/y added"]));

const name = fc.constantFrom("a", "b", "c");
const path = fc
  .tuple(name, fc.option(name, { nil: undefined }))
  .map(([one, two]) => (two === undefined ? one : `${one}d/${two}`));
const spec = fc.record({ path, size: fc.integer({ min: 0, max: 3 }), isGone: fc.boolean() });
const layerSpec = fc
  .uniqueArray(spec, { selector: ({ path: at }) => at, maxLength: 5 })
  .map((entries) =>
    Object.fromEntries(
      entries.map(({ path: at, size, isGone }) => {
        const slash = at.lastIndexOf("/") + 1;
        return [isGone ? `${at.slice(0, slash)}.wh.${at.slice(slash)}` : at, String(size)];
      }),
    ),
  );

test("added is what the layers below do not show, and all that a layer hides is told once", () =>
  fc.assert(
    fc.property(fc.array(layerSpec, { minLength: 2, maxLength: 4 }), (layers) => {
      const build = (some: typeof layers): ImageBuilder =>
        some.reduce<ImageBuilder>((image, files) => image.layer(files), anImage());
      const read = build(layers).read();
      const below = build(layers.slice(0, -1)).read().finalTree;
      const last = read.layers.at(-1)!;
      const { mark, hiddenBytes } = finish(layerMarksOf(read, last.index));
      for (let node = 1; node < last.tree.nodeCount; node += 1) {
        if (last.tree.kind[node] === nodeKind.whiteout) continue;
        const wasThere = findNode(below, pathOf(last.tree, node)) !== undefined;
        const isBrought = nameOf(last.tree, node) !== "" && hasFiles(last.tree, node);
        if (!isBrought) continue;
        assert.equal(mark[node] === layerMark.added, !wasThere, pathOf(last.tree, node));
      }
      const tops = hiddenBytes.filter((_, node) => node > 0 && last.tree.parent[node] === 0);
      assert.equal(
        tops.reduce((sum, bytes) => sum + bytes, 0),
        last.hidesBytes,
      );
    }),
  ));

function hasFiles(tree: Parameters<typeof pathOf>[0], node: number): boolean {
  const end = tree.subtreeEnd[node] ?? node + 1;
  for (let at = node; at < end; at += 1) {
    if (tree.kind[at] !== nodeKind.whiteout && tree.kind[at] !== nodeKind.directory) return true;
  }
  return false;
}
