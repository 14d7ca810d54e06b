import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf } from "../../../server/src/core/image/fileTree.ts";
import { type LayerSpec, anImage } from "../../support/imageBuilder.ts";

/** Paths by content: `a = b`. */
function copiesIn(...layers: readonly LayerSpec[]): readonly string[] {
  const { copies, finalTree } = layers
    .reduce((image, files) => image.layer(files), anImage())
    .read();
  const contents = new Map<number, string[]>();
  for (let row = 0; row < (copies?.count ?? 0); row += 1) {
    const content = copies?.content[row] ?? -1;
    const paths = contents.get(content) ?? [];
    contents.set(content, paths);
    paths.push(pathOf(finalTree, copies?.node[row] ?? 0));
  }
  return [...contents.values()].map((paths) => paths.join(" = "));
}

const large = (seed: string) => ({ size: "2MB", seed });

test("files with the same content, in path order, whatever their layers", () =>
  assert.deepEqual(
    copiesIn(
      { "z/1": large("x"), "b/2": large("y"), only: large("z") },
      { "a/3": large("x"), "c/4": large("y") },
    ),
    ["a/3 = z/1", "b/2 = c/4"],
  ));

test("names of one inode group count once", () => {
  assert.deepEqual(copiesIn({ a: large("x"), b: { hardlink: "a" } }), []);
  assert.deepEqual(copiesIn({ a: large("x"), b: { hardlink: "a" }, c: large("x") }), ["a = c"]);
});

test("hidden files do not count", () =>
  assert.deepEqual(copiesIn({ a: large("x"), b: large("x") }, { ".wh.b": "0" }), []));

test("small files do not count, and those below a megabyte only where names agree", () => {
  const sized = (size: string) => ({ size, seed: "x" });
  assert.deepEqual(copiesIn({ "a/f": sized("99kB"), "b/f": sized("99kB") }), []);
  assert.deepEqual(copiesIn({ "a/f": sized("200kB"), "b/f": sized("200kB"), g: sized("200kB") }), [
    "a/f = b/f",
  ]);
});
