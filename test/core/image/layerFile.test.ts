import assert from "node:assert/strict";
import { test } from "node:test";
import { findLayerFile } from "../../../server/src/core/image/layerFile.ts";
import { valueOf } from "../../io/openedImage.ts";
import { indexTar } from "../../support/layerText.ts";
import { type TarEntry, writeTar } from "../../support/tarWriter.ts";

/** What the layer of these entries has at a path, without owner and hash. */
function found(entries: readonly TarEntry[], path: string): unknown {
  const index = valueOf(indexTar(writeTar(entries)));
  const file = findLayerFile(index, path);
  return "mode" in file
    ? Object.fromEntries(
        Object.entries(file).filter(
          ([key]) => !["uid", "gid", "mode", "contentHash"].includes(key),
        ),
      )
    : file;
}

const body = Buffer.from("content");

test("a file is where its body begins, under every name that it has", () => {
  const entries: readonly TarEntry[] = [
    { path: "a/first", body },
    { path: "a/later", type: "1", linkTarget: "./a/first" },
    { path: "a/early", type: "1", linkTarget: "a/last" },
    { path: "a/last", body },
  ];
  const first = { kind: "file", contentBytes: 7, bodyOffset: 512 };
  assert.deepEqual(found(entries, "a/first"), first);
  assert.deepEqual(found(entries, "a/later"), first);
  const last = { kind: "file", contentBytes: 7, bodyOffset: 1024 + 3 * 512 };
  assert.deepEqual(found(entries, "a/early"), last);
  assert.deepEqual(found(entries, "a/last"), last);
});

test("an empty file has no body, a hard link out of the layer no content here", () => {
  assert.deepEqual(found([{ path: "empty" }], "empty"), {
    kind: "file",
    contentBytes: 0,
    bodyOffset: -1,
  });
  assert.deepEqual(found([{ path: "link", type: "1", linkTarget: "lower" }], "link"), {
    kind: "link-below",
    target: "lower",
  });
});

test("of several entries of a path the last one counts, and a whiteout beside a file leaves it", () => {
  const entries: readonly TarEntry[] = [
    { path: "f", body: Buffer.from("old") },
    { path: ".wh.f" },
    { path: "f", body },
    { path: ".wh.gone" },
  ];
  assert.deepEqual(found(entries, "f"), { kind: "file", contentBytes: 7, bodyOffset: 2048 });
  assert.deepEqual(found(entries, "gone"), { kind: "whiteout" });
});

test("names that are no UTF-8 are found where only one looks so", () => {
  const entries: readonly TarEntry[] = [
    { path: Buffer.from([0x61, 0xff]), body },
    { path: Buffer.from([0x62, 0xff]), body },
    { path: Buffer.from([0x62, 0xfe]), body },
  ];
  assert.deepEqual(found(entries, "a\ufffd"), { kind: "file", contentBytes: 7, bodyOffset: 512 });
  assert.deepEqual(found(entries, "b\ufffd"), { kind: "ambiguous" });
});
