import assert from "node:assert/strict";
import { test } from "node:test";
import type { ImageError } from "../../server/src/core/image/imageError.ts";
import type { LayerFile } from "../../server/src/core/image/layerFile.ts";
import { succeed, type Result } from "../../server/src/core/result.ts";
import { contentHashOf } from "../../server/src/io/contentHash.ts";
import { type FileContent, readFound } from "../../server/src/io/fileContent.ts";

/** Longer than what is hashed at once. */
const content = new Uint8Array(9 * 2 ** 20).map((_, at) => at % 251);

function readContent(
  bytes: Uint8Array,
  signal = new AbortController().signal,
): Promise<Result<FileContent, ImageError>> {
  const found: LayerFile = {
    kind: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    contentBytes: content.length,
    bodyOffset: 512,
    contentHash: contentHashOf(content, 0, content.length),
  };
  const request = { layer: 0, path: "a", maxBytes: content.length, signal };
  return readFound(found, request, () => Promise.resolve(succeed(bytes)));
}

test("a long file is held against its hash whole", async () => {
  const read = await readContent(content.slice());
  assert.equal(read.ok && read.value.kind, "file");
  const other = content.slice();
  other[other.length - 1] = 255;
  const changed = await readContent(other);
  assert.equal(!changed.ok && changed.error.code, "layer-unreadable");
});

test("who gives up in the middle of a hash is told so", async () => {
  const controller = new AbortController();
  const work = readContent(content.slice(), controller.signal);
  setImmediate(() => controller.abort());
  const read = await work;
  assert.equal(!read.ok && read.error.code, "cancelled");
});
