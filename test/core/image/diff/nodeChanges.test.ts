import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf } from "../../../../server/src/core/image/fileTree.ts";
import { changesSince } from "../../../../server/src/core/image/diff/nodeChanges.ts";
import { layerMark } from "../../../../server/src/core/image/layerMarks.ts";
import { finish } from "../../../../server/src/core/image/piecework.ts";
import { type LayerSpec, anImage } from "../../../support/imageBuilder.ts";

function checkChanges(before: LayerSpec, after: LayerSpec, expected: readonly string[]): void {
  const shared = anImage().base("base/file 7kB");
  const now = shared.layer(after).read();
  const names = Object.fromEntries(Object.entries(layerMark).map(([name, code]) => [code, name]));
  const changes = [...finish(changesSince(shared.layer(before).read(), now))].flatMap(
    (code, node) =>
      code === layerMark.none ? [] : [`${pathOf(now.finalTree, node)} ${names[code]}`],
  );
  assert.deepEqual(changes, expected);
}

test("what is new, larger, or of another type; layers that both have are the same", () =>
  checkChanges("a 5, d/x 1, gone 3", "a 6, d 2, new/b 1", [
    "a changed",
    "d added",
    "new added",
    "new/b added",
  ]));

test("contents are not compared: the same size from another layer is no more than written again", () =>
  checkChanges({ a: "5", b: { size: 5, uid: 1 } }, { a: "5", b: { size: 5, uid: 2 }, c: "0" }, [
    "a rewritten",
    "b rewritten",
    "c added",
  ]));

test("a link to elsewhere is another one", () =>
  checkChanges(
    { same: { symlink: "x" }, other: { symlink: "x" }, file: { symlink: "x" } },
    { same: { symlink: "x" }, other: { symlink: "y" }, file: "1" },
    ["file changed", "other changed"],
  ));

test("where there is no content to compare only owner and mode can be others", () =>
  checkChanges(
    { "d/": { mode: 0o755 }, "d/x": "0", empty: { size: 0, uid: 1 } },
    { "d/": { mode: 0o700 }, "d/x": "0", empty: { size: 0, uid: 2 } },
    ["d metadata", "empty metadata"],
  ));

test("a later name of a file weighs what its first name does", () =>
  checkChanges({ a: "5", b: { hardlink: "a" } }, { a: "5", b: "5" }, [
    "a rewritten",
    "b rewritten",
  ]));
