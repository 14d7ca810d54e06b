import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathOf } from "../../server/src/core/image/fileTree.ts";
import { type LayerSource, readImage } from "../../server/src/io/layerReader.ts";
import { anImage, digestOf } from "../support/imageBuilder.ts";
import { type Compression, compress } from "../support/imageWriters.ts";

const model = { size: "2MB", seed: "model" };
const image = anImage()
  .layer({ "a/model": model, "a/other": "2MB", "b/model": model })
  .layer({ "c/model": model });

for (const compression of ["plain", "gzip", "zstd"] satisfies readonly Compression[]) {
  test(`${compression} layers tell which files have the same content`, async (context) => {
    const folder = await mkdtemp(join(tmpdir(), "tare-copies-"));
    context.after(() => rm(folder, { recursive: true }));
    const sources = await Promise.all(
      image.layerTars().map(async (tar, layer): Promise<LayerSource> => {
        const path = join(folder, String(layer));
        const blob = compress(tar, compression);
        await writeFile(path, blob);
        return { kind: "file", diffId: digestOf(tar), path, offset: 0, length: blob.length };
      }),
    );
    const { signal } = new AbortController();
    const read = await readImage(image.describe(), sources, { signal });
    assert.ok(read.ok, JSON.stringify(read));
    const { copies, finalTree } = read.value;
    const paths = Array.from(copies?.node ?? [], (node) => pathOf(finalTree, node));
    assert.deepEqual(paths, ["a/model", "b/model", "c/model"]);
  });
}
