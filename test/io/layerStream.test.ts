import assert from "node:assert/strict";
import { test } from "node:test";
import { type IndexedLayer, openLayerStream, readImage } from "../../server/src/io/layerReader.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { createThreadStock } from "../../server/src/io/threadStock.ts";
import type { ImageError } from "../../server/src/core/image/imageError.ts";
import type { Result } from "../../server/src/core/result.ts";
import { anImage, digestOf } from "../support/imageBuilder.ts";
import { type Compression, compress } from "../support/imageWriters.ts";
import { layerText } from "../support/layerText.ts";

const signal = new AbortController().signal;
const image = anImage()
  .layer({ "a/b": "300kB", "a/c": { hardlink: "a/b" } })
  .layer({ "a/.wh.b": "0", "a/d": { size: "300kB", seed: "0:a/b" } });

async function stream(
  stored: Uint8Array,
  portion: number,
): Promise<Result<IndexedLayer, ImageError>> {
  const layer = openLayerStream("layer", { signal });
  for (let at = 0; at < stored.length; at += portion) {
    await layer.push(stored.slice(at, at + portion));
  }
  return layer.finish();
}

for (const compression of ["plain", "gzip", "zstd"] satisfies Compression[]) {
  test(`${compression}: a layer that comes as a stream is named by its own bytes`, async () => {
    const [tar = new Uint8Array()] = image.layerTars();
    const read = await stream(compress(tar, compression), 10_000);
    assert.ok(read.ok);
    assert.equal(read.value.diffId, digestOf(tar));
    assert.equal(
      layerText(read.value.index),
      "/ directory (made up)\na directory (made up)\na/b file 300000\na/c file 0 -> a/b",
    );
  });
}

test("streamed layers make an image like any other", async () => {
  const sources: IndexedLayer[] = [];
  for (const tar of image.layerTars()) {
    const read = await stream(tar, 65_536);
    assert.ok(read.ok);
    sources.push(read.value);
  }
  const read = await readImage(image.describe(), sources, { signal });
  assert.ok(read.ok);
  assert.equal(read.value.layerContentBytes, 600_000);
  assert.equal(read.value.wastedBytes, 0);
});

test("a stream that ends too early, and one that is no layer", async () => {
  const [tar = new Uint8Array()] = image.layerTars();
  for (const stored of [tar.subarray(0, 5000), Buffer.from("no layer at all")]) {
    const read = await stream(stored, 1000);
    assert.ok(!read.ok);
    assert.equal(read.error.code, "layer-unreadable");
  }
});

test("what follows the trouble in a stream is taken and forgotten", async () => {
  const layer = openLayerStream("layer", { signal });
  for (let at = 0; at < 100; at += 1) await layer.push(new Uint8Array(200_000).fill(65));
  const read = await layer.finish();
  assert.ok(!read.ok);
  assert.equal(read.error.code, "layer-unreadable");
});

test("a part of a larger piece of memory may be pushed", async () => {
  const [tar = new Uint8Array()] = image.layerTars();
  const shared = Buffer.concat([Buffer.alloc(100), tar]);
  const layer = openLayerStream("layer", { signal });
  await layer.push(shared.subarray(100, 1000));
  await layer.push(shared.subarray(1000));
  const read = await layer.finish();
  assert.ok(read.ok);
  assert.equal(shared.length, tar.length + 100);
});

test("an aborted stream is cancelled and holds nobody up", async () => {
  const abort = new AbortController();
  const layer = openLayerStream("layer", { signal: abort.signal });
  const pushes = Array.from({ length: 20 }, () => layer.push(new Uint8Array(2 ** 20)));
  abort.abort();
  await Promise.all(pushes.map(async (push) => push));
  assert.deepEqual(await layer.finish(), { ok: false, error: { code: "cancelled" } });
  layer.abort();
  assert.deepEqual(await openLayerStream("late", { signal: abort.signal }).finish(), {
    ok: false,
    error: { code: "cancelled" },
  });
});

test("memory comes back to be filled again, and threads go on to the next layer", async () => {
  const threads = createThreadStock();
  threads.prepare(0);
  const [tar = new Uint8Array()] = image.layerTars();
  const length = 65_536;
  let spares = 0;
  for (let round = 0; round < 3; round += 1) {
    const layer = openLayerStream(`layer ${round}`, { signal, threads });
    for (let at = 0; at < tar.length; at += length) {
      const spare = layer.spare(length);
      if (spare !== undefined) spares += 1;
      const chunk = spare ?? new Uint8Array(length);
      const part = tar.subarray(at, at + length);
      chunk.set(part);
      await layer.push(chunk.subarray(0, part.length));
      await sleep(5);
    }
    const read = await layer.finish();
    assert.ok(read.ok, JSON.stringify(read));
    assert.equal(read.value.diffId, digestOf(tar));
  }
  threads.close();
  assert.ok(spares > 0, "no memory came back");
});

test("after an abort the thread is not used for another layer", async () => {
  const threads = createThreadStock();
  threads.prepare(0);
  const broken = openLayerStream("given up", { signal, threads });
  broken.abort();
  assert.equal(broken.push(new Uint8Array(10)), undefined);
  const [tar = new Uint8Array()] = image.layerTars();
  const layer = openLayerStream("next", { signal, threads });
  await layer.push(tar.slice());
  const read = await layer.finish();
  assert.equal(read.ok && read.value.diffId, digestOf(tar));
  threads.close();
});
