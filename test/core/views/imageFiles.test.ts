import assert from "node:assert/strict";
import { test } from "node:test";
import {
  findImageFile,
  layerBelow,
  removedBetween,
} from "../../../server/src/core/views/imageFiles.ts";
import { anImage, type LayerSpec } from "../../support/imageBuilder.ts";

/** Layer 0 has `etc/app/a`, the layer after it does something, the last one has the file again. */
function removedBy(second: LayerSpec): number | undefined {
  const path = "etc/app/a";
  const image = anImage()
    .base({ [path]: "1kB" })
    .layer({ other: "1kB" })
    .layer(second)
    .layer({ [path]: "2kB" });
  const read = image.read();
  assert.equal(layerBelow(read, path, 3), 0);
  return removedBetween(read, path, { below: 0, above: 3 });
}

const rows: readonly (readonly [string, LayerSpec, number | undefined])[] = [
  ["a layer with other files", { "etc/app/b": "1kB" }, undefined],
  ["a whiteout of the file", { "etc/app/.wh.a": "0" }, 2],
  ["a whiteout of a parent", { ".wh.etc": "0" }, 2],
  ["a whiteout of a parent that comes back", { ".wh.etc": "0", "etc/app/b": "1kB" }, 2],
  ["an opaque whiteout of a parent", { "etc/.wh..wh..opq": "0", "etc/b": "1kB" }, 2],
  ["a link in its place", { "etc/app/a": { symlink: "b" } }, 2],
  ["a directory in its place", { "etc/app/a/b": "1kB" }, 2],
  ["a link in a parent's place", { etc: { symlink: "usr" } }, 2],
  ["a whiteout of another name", { "etc/.wh.a": "0" }, undefined],
];

for (const [what, second, layer] of rows) {
  const says = layer === undefined ? "leaves a file where it is" : "takes a file away";
  test(`${what} ${says}`, () => assert.equal(removedBy(second), layer));
}

test("directories that are links lead on in the final file system, not in a layer", () => {
  const read = anImage()
    .base({ lib: { symlink: "usr/lib" }, "usr/lib/libc.so": "7kB", "a/loop": { symlink: "loop" } })
    .read();
  const file = { kind: "file", layer: 0, path: "usr/lib/libc.so", contentBytes: 7000 };
  assert.deepEqual(findImageFile(read, "lib/libc.so", undefined), file);
  assert.deepEqual(findImageFile(read, "lib/../../usr/lib/libc.so", undefined), file);
  assert.deepEqual(findImageFile(read, "lib/libc.so", 0), { kind: "absent" });
  assert.deepEqual(findImageFile(read, "lib/none", undefined), { kind: "absent" });
  assert.deepEqual(findImageFile(read, "a/loop/x", undefined), { kind: "absent" });
  assert.deepEqual(findImageFile(read, "none", undefined), { kind: "absent" });
});
