import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pathOf } from "../../server/src/core/image/fileTree.ts";
import type { ReadImage } from "../../server/src/core/image/image.ts";
import { wasteKinds } from "../../server/src/core/image/image.ts";
import { type LayerSource, readImage } from "../../server/src/io/layerReader.ts";
import { type ImageBuilder, anImage, digestOf } from "../support/imageBuilder.ts";
import { type Compression, compress } from "../support/imageWriters.ts";

async function aFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tare-layers-"));
  context.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** The layers in one file, one after the other, with something odd in front. */
async function writeLayers(
  image: ImageBuilder,
  folder: string,
  compression: Compression,
): Promise<readonly LayerSource[]> {
  const path = join(folder, `layers-${compression}`);
  const blobs = image.layerTars().map((tar) => compress(tar, compression));
  await writeFile(path, Buffer.concat([Buffer.from("front"), ...blobs]));
  let offset = 5;
  return image.layerTars().map((tar, layer): LayerSource => {
    const { length } = blobs[layer]!;
    offset += length;
    return { kind: "file", diffId: digestOf(tar), path, offset: offset - length, length };
  });
}

/** Everything that reading tells, as text. */
function tell(read: ReadImage): string {
  const tree = ({ finalTree }: ReadImage): readonly string[] =>
    Array.from(
      { length: finalTree.nodeCount },
      (_, node) => `${pathOf(finalTree, node)} ${finalTree.bytes[node]!} ${finalTree.layer[node]!}`,
    );
  const waste = Array.from({ length: read.waste.count }, (_, row) =>
    [
      pathOf(read.layers[read.waste.writtenByLayer[row]!]!.tree, read.waste.node[row]!),
      read.waste.bytes[row],
      wasteKinds[read.waste.kind[row]!],
    ].join(" "),
  );
  const layers = read.layers.map((layer) =>
    [
      layer.contentBytes,
      layer.tarBytes,
      layer.wastedBytes,
      layer.hidesBytes,
      layer.fileCount,
    ].join(),
  );
  return [...tree(read), ...waste, ...layers, read.fileCount, read.tarBytes].join("\n");
}

const signal = new AbortController().signal;

const image = anImage()
  .base({
    "etc/": "",
    "etc/passwd": { content: "root:x:0:0" },
    "usr/lib/libc.so": "200kB",
    "usr/lib/libc.so.6": { symlink: "libc.so" },
    "var/cache/list": "50kB",
  })
  .layer({ "app/main": { size: "300kB", seed: "main" }, "app/same": { hardlink: "app/main" } })
  .layer({
    "app/main": { size: "300kB", seed: "main", mode: 0o755 },
    "app/same": { hardlink: "app/main" },
    "var/.wh.cache": "0",
    "srv/list": { size: "50kB", seed: "0:var/cache/list" },
  });

for (const compression of ["plain", "gzip", "zstd"] as const) {
  test(`${compression} layers read from a file say what the image holds`, async (context) => {
    const sources = await writeLayers(image, await aFolder(context), compression);
    const read = await readImage(image.describe(), sources, { signal });
    assert.ok(read.ok, JSON.stringify(read));
    assert.equal(tell(read.value), tell(image.read()));
  });
}
