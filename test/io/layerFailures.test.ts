import assert from "node:assert/strict";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import type { ImageError } from "../../server/src/core/image/imageError.ts";
import { type LayerRegion, type ReadOptions, readImage } from "../../server/src/io/layerReader.ts";
import { defaultLimits } from "../../server/src/io/limits.ts";
import { anImage, digestOf } from "../support/imageBuilder.ts";
import { type Compression, compress } from "../support/imageWriters.ts";
import { writeTar } from "../support/tarWriter.ts";

const image = anImage().layer({ "a/b": "100kB", c: "2kB" });
const [tar = new Uint8Array()] = image.layerTars();

/** Reads an image of one layer whose stored bytes these are. */
async function readStored(
  context: TestContext,
  stored: Uint8Array,
  options: Partial<ReadOptions> & { readonly diffId?: string; readonly length?: number } = {},
): Promise<ImageError | "read"> {
  const folder = await mkdtemp(join(tmpdir(), "tare-failures-"));
  context.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "blob");
  await writeFile(path, stored);
  const { diffId = digestOf(tar), length = stored.length, ...reading } = options;
  const source: LayerRegion = { kind: "file", diffId, path, offset: 0, length };
  const signal = new AbortController().signal;
  const read = await readImage(image.describe(), [source], { signal, ...reading });
  return read.ok ? "read" : read.error;
}

for (const compression of ["plain", "gzip", "zstd"] satisfies Compression[]) {
  test(`${compression}: a layer that is cut off cannot be read`, async (context) => {
    const stored = compress(tar, compression);
    for (const share of [0.3, 0.6, 0.9]) {
      const error = await readStored(context, stored.subarray(0, stored.length * share));
      assert.equal(error === "read" ? error : error.code, "layer-unreadable");
    }
  });

  test(`${compression}: bytes behind the layer are refused`, async (context) => {
    const stored = Buffer.concat([compress(tar, compression), Buffer.from("garbage, garbage")]);
    const error = await readStored(context, stored);
    assert.equal(error === "read" ? error : error.code, "layer-unreadable");
  });
}

for (const compression of ["gzip", "zstd"] satisfies Compression[]) {
  test(`${compression}: a layer of another diffId is refused`, async (context) => {
    const other = digestOf("another layer");
    const error = await readStored(context, compress(tar, compression), { diffId: other });
    assert.deepEqual(error, {
      code: "layer-digest-mismatch",
      expected: other,
      actual: digestOf(tar),
    });
  });
}

test("a tar without an end mark is read when its digest is right", async (context) => {
  const open = writeTar([{ path: "a", body: new Uint8Array(100) }], { end: "none" });
  for (const compression of ["plain", "gzip", "zstd"] satisfies Compression[]) {
    const stored = compress(open, compression);
    assert.equal(await readStored(context, stored, { diffId: digestOf(open) }), "read");
    const error = await readStored(context, stored);
    assert.equal(error === "read" ? error : error.code, "layer-digest-mismatch");
  }
});

test("an uncompressed layer with more zeros behind it than any tool writes is held against its digest", async (context) => {
  const lost = new Uint8Array(tar.length + 20_000);
  const error = await readStored(context, lost);
  assert.equal(error === "read" ? error : error.code, "layer-digest-mismatch");
  const padded = Buffer.concat([tar, new Uint8Array(20_000)]);
  assert.equal(await readStored(context, padded, { diffId: digestOf(padded) }), "read");
});

test("a file shorter than its region, and a file that is gone", async (context) => {
  const error = await readStored(context, tar, { length: tar.length + 512 });
  assert.deepEqual(error, {
    code: "layer-unreadable",
    layer: digestOf(tar).slice(7, 19),
    reason: "its file is cut off",
  });
  const source: LayerRegion = {
    kind: "file",
    diffId: digestOf(tar),
    path: "/none/such",
    offset: 0,
    length: 1,
  };
  const read = await readImage(image.describe(), [source], {
    signal: new AbortController().signal,
  });
  assert.ok(!read.ok && read.error.code === "layer-unreadable");
  assert.equal(read.error.reason, "its file gives ENOENT");
});

test("a compression without a decoder is said by name", async (context) => {
  const error = await readStored(context, Buffer.from("\xfd7zXZ\0 and so on", "latin1"));
  assert.deepEqual(error, {
    code: "media-type-unsupported",
    where: `Layer ${digestOf(tar).slice(7, 19)}`,
    mediaType: "xz",
  });
});

test("ceilings: layers, uncompressed bytes, expansion, time", async (context) => {
  const bomb = gzipSync(writeTar([{ path: "zeros", body: new Uint8Array(30e6) }]));
  const checks = [
    [{ layers: 0 }, "0 layers"],
    [{ tarBytes: 1e6 }, "1000000 uncompressed bytes"],
    [{ freeBytes: 1e6, expansionRatio: 100 }, "100 uncompressed bytes for each stored one"],
    [{ readMs: 0 }, "0 minutes"],
  ] as const;
  for (const [limits, expected] of checks) {
    const error = await readStored(context, bomb, { limits: { ...defaultLimits, ...limits } });
    assert.ok(error !== "read" && error.code === "limit-exceeded", expected);
    assert.equal(error.limit, expected);
  }
});

test("a reading that is cancelled before or while it goes on says so at once", async (context) => {
  const before = await readStored(context, tar, { signal: AbortSignal.abort() });
  assert.deepEqual(before, { code: "cancelled" });
  const stored = gzipSync(writeTar([{ path: "large", body: new Uint8Array(300e6) }]));
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 150);
  const startedMs = performance.now();
  assert.deepEqual(await readStored(context, stored, { signal: abort.signal }), {
    code: "cancelled",
  });
  assert.ok(performance.now() - startedMs < 5000);
});

test("a file that becomes shorter while it is read gives an error, not a part", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "tare-failures-"));
  context.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "blob");
  await writeFile(path, tar);
  const source: LayerRegion = {
    kind: "file",
    diffId: digestOf(tar),
    path,
    offset: 0,
    length: tar.length,
  };
  await truncate(path, 1024);
  const read = await readImage(image.describe(), [source], {
    signal: new AbortController().signal,
  });
  assert.ok(!read.ok && read.error.code === "layer-unreadable");
});
