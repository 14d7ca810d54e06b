import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { findCachedLayers, openLayerStream, readImage } from "../../server/src/io/layerReader.ts";
import type { LayerRegion, LayerSource, ReadOptions } from "../../server/src/io/layerReader.ts";
import { prune } from "../../server/src/io/cacheFolder.ts";
import { defaultLimits } from "../../server/src/io/limits.ts";
import { packColumns, unpackColumns } from "../../server/src/io/columnFile.ts";
import { type ImageBuilder, anImage, digestOf } from "../support/imageBuilder.ts";

const signal = new AbortController().signal;
const image = anImage()
  .base({ "usr/lib/a": "20kB", "usr/lib/l": { symlink: "a" }, "etc/x": "1kB" })
  .layer({ "usr/lib/b": "30kB", "etc/.wh.x": "0" });

async function aFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tare-cache-"));
  context.after(() => rm(folder, { recursive: true, maxRetries: 5 }));
  return folder;
}

async function writeLayers(
  folder: string,
  of: ImageBuilder = image,
): Promise<readonly LayerRegion[]> {
  const path = join(folder, `layers-${Math.random()}`);
  await writeFile(path, Buffer.concat(of.layerTars()));
  let offset = 0;
  return of.layerTars().map((tar) => {
    offset += tar.length;
    const start = offset - tar.length;
    return { kind: "file", diffId: digestOf(tar), path, offset: start, length: tar.length };
  });
}

async function read(sources: readonly LayerSource[], cacheFolder: string) {
  const outcome = await readImage(image.describe(), sources, { signal, cacheFolder });
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value;
}

/** What of an image can be compared: typed arrays of moved memory are equal by content. */
function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** The cache is written after the answer; waits until so many files are there. */
async function settled(cacheFolder: string, files: number): Promise<readonly string[]> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const names = await readdir(cacheFolder).catch(() => []);
    if (names.length === files && names.every((name) => !name.endsWith(".part"))) return names;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`not ${files} files: ${(await readdir(cacheFolder)).join()}`);
}

test("an image that was read once comes from the cache, the same in everything", async (context) => {
  const folder = await aFolder(context);
  const cacheFolder = join(folder, "cache");
  const sources = await writeLayers(folder);
  const first = await read(sources, cacheFolder);
  await settled(cacheFolder, 3);
  assert.deepEqual(plain(await read(sources, cacheFolder)), plain(first));
});

test("layers that did not change are not read again", async (context) => {
  const folder = await aFolder(context);
  const cacheFolder = join(folder, "cache");
  const sources = await writeLayers(folder);
  await read(sources, cacheFolder);
  const names = await settled(cacheFolder, 3);
  const before = await Promise.all(
    names.map(async (name) => (await stat(join(cacheFolder, name))).ino),
  );
  const rebuilt = image.layer({ "new/file": "5kB" });
  const outcome = await readImage(rebuilt.describe(), await writeLayers(folder, rebuilt), {
    signal,
    cacheFolder,
  });
  assert.ok(outcome.ok);
  assert.equal(outcome.value.layerContentBytes, 56_000);
  await settled(cacheFolder, 5);
  const after = await Promise.all(
    names.map(async (name) => (await stat(join(cacheFolder, name))).ino),
  );
  assert.deepEqual(after, before);
});

test("an archive that lies about a diffId spoils nothing for others", async (context) => {
  const folder = await aFolder(context);
  const cacheFolder = join(folder, "cache");
  const [honest, other] = [
    await writeLayers(folder),
    await writeLayers(folder, anImage().layer({ evil: "9kB" }).layer({})),
  ];
  const lying = other.map((region, at) => ({ ...region, diffId: honest[at]!.diffId }));
  const lied = await read(lying, cacheFolder);
  assert.equal(lied.layerContentBytes, 9_000);
  await settled(cacheFolder, 3);
  assert.equal((await read(honest, cacheFolder)).layerContentBytes, 51_000);
});

test("damaged, cut and foreign files in the cache are misses and are replaced", async (context) => {
  const folder = await aFolder(context);
  const cacheFolder = join(folder, "cache");
  const sources = await writeLayers(folder);
  const first = plain(await read(sources, cacheFolder));
  const names = await settled(cacheFolder, 3);
  const damages = [
    (bytes: Buffer) => bytes.subarray(0, bytes.length / 2),
    (bytes: Buffer) => bytes.fill(7, bytes.length - 9),
    () => Buffer.alloc(0),
    () => Buffer.from("something else altogether"),
  ];
  for (const damage of damages) {
    for (const name of names) {
      const path = join(cacheFolder, name);
      await writeFile(path, damage(await readFile(path)));
    }
    assert.deepEqual(plain(await read(sources, cacheFolder)), first);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await settled(cacheFolder, 3);
  }
});

test("the cache may be deleted at any time", async (context) => {
  const folder = await aFolder(context);
  const cacheFolder = join(folder, "cache");
  const sources = await writeLayers(folder);
  const first = plain(await read(sources, cacheFolder));
  await settled(cacheFolder, 3);
  await rm(cacheFolder, { recursive: true, maxRetries: 5 });
  assert.deepEqual(plain(await read(sources, cacheFolder)), first);
  await settled(cacheFolder, 3);
});

test("a folder that cannot be written only means no cache", async (context) => {
  const folder = await aFolder(context);
  const file = join(folder, "file");
  await writeFile(file, "");
  assert.equal((await read(await writeLayers(folder), join(file, "cache"))).fileCount, 2);
});

test("layers that came as a stream are found by their diffId, those of files are not", async (context) => {
  const folder = await aFolder(context);
  const cacheFolder = join(folder, "cache");
  const [base = new Uint8Array(), top = new Uint8Array()] = image.layerTars();
  const [baseId, topId] = [digestOf(base), digestOf(top)];
  await read(await writeLayers(folder), cacheFolder);
  await settled(cacheFolder, 3);
  assert.deepEqual(await findCachedLayers([baseId, topId], { cacheFolder }), new Set());
  const stream = openLayerStream("base", { signal, cacheFolder });
  await stream.push(base.slice());
  const streamed = await stream.finish();
  assert.ok(streamed.ok);
  await settled(cacheFolder, 4);
  assert.deepEqual(await findCachedLayers([baseId, topId], { cacheFolder }), new Set([baseId]));
  const mixed: readonly LayerSource[] = [
    { kind: "cached", diffId: baseId },
    (await writeLayers(folder))[1]!,
  ];
  assert.equal((await read(mixed, cacheFolder)).layerContentBytes, 51_000);
});

test("a remembered layer that is gone when it is wanted is an error, not an image without it", async (context) => {
  const cacheFolder = join(await aFolder(context), "cache");
  const sources: readonly LayerSource[] = image
    .layerTars()
    .map((tar) => ({ kind: "cached", diffId: digestOf(tar) }));
  const outcome = await readImage(image.describe(), sources, { signal, cacheFolder });
  assert.ok(!outcome.ok && outcome.error.code === "layer-unreadable");
});

test("what is remembered is refused by limits that were set since, in the words of a layer that is read anew", async (context) => {
  const folder = await aFolder(context);
  const cacheFolder = join(folder, "cache");
  const sources = await writeLayers(folder);
  const first = plain(await read(sources, cacheFolder));
  const names = await settled(cacheFolder, 3);
  const whole = names.find((name) => name.startsWith("image-"))!;
  const errorWith = async (options: Partial<ReadOptions>) => {
    const outcome = await readImage(image.describe(), sources, { signal, ...options });
    assert.ok(!outcome.ok, JSON.stringify(options));
    return outcome.error;
  };
  // Each is too little for one of the layers.
  const lowered = [
    { ...defaultLimits, entries: 5 },
    { ...defaultLimits, tarBytes: sources[1]!.length - 1 },
  ];
  const checkLowered = async () => {
    for (const limits of lowered) {
      const anew = await errorWith({ limits });
      assert.equal(anew.code, "limit-exceeded");
      assert.deepEqual(await errorWith({ limits, cacheFolder }), anew);
    }
  };
  await checkLowered();
  await rm(join(cacheFolder, whole));
  await checkLowered();
  assert.deepEqual(plain(await read(sources, cacheFolder)), first);
});

test("a layer that only the cache has is held against the limits, too", async (context) => {
  const cacheFolder = join(await aFolder(context), "cache");
  const sources: LayerSource[] = [];
  for (const tar of image.layerTars()) {
    const stream = openLayerStream("layer", { signal, cacheFolder });
    await stream.push(tar.slice());
    const streamed = await stream.finish();
    assert.ok(streamed.ok);
    sources.push({ kind: "cached", diffId: streamed.value.diffId });
  }
  await settled(cacheFolder, 2);
  const limits = { ...defaultLimits, entries: 5 };
  const outcome = await readImage(image.describe(), sources, { signal, cacheFolder, limits });
  const where = `Layer ${sources[0]!.diffId.slice(7, 19)}`;
  assert.deepEqual(outcome, {
    ok: false,
    error: { code: "limit-exceeded", limit: "5 entries", where },
  });
});

test("what was unused for the longest time goes first, and what broken processes left", async (context) => {
  const folder = await aFolder(context);
  const now = Date.now() / 1000;
  for (const [name, age] of [
    ["old", 300],
    ["older", 400],
    ["new", 100],
    ["x.part", 9000],
    ["y.part", 10],
  ] as const) {
    await writeFile(join(folder, name), Buffer.alloc(1000));
    await utimes(join(folder, name), now - age, now - age);
  }
  prune(folder, 3500, Date.now());
  assert.deepEqual((await readdir(folder)).sort(), ["new", "old", "y.part"]);
});

test("two processes read and write one cache at the same time", async (context) => {
  const folder = await aFolder(context);
  const cacheFolder = join(folder, "cache");
  const sources = await writeLayers(folder);
  const script = join(folder, "reader.mjs");
  const [reader, builder] = [
    "../../server/src/io/layerReader.ts",
    "../support/imageBuilder.ts",
  ].map((path) => JSON.stringify(new URL(path, import.meta.url).href));
  await writeFile(
    script,
    `import { readImage } from ${reader}; import { anImage } from ${builder};
     for (let round = 0; round < 5; round += 1) {
       const read = await readImage(anImage().layer({}).layer({}).describe(), ${JSON.stringify(sources)},
         { signal: new AbortController().signal, cacheFolder: ${JSON.stringify(cacheFolder)} });
       if (!read.ok || read.value.layerContentBytes !== 51000) throw new Error(JSON.stringify(read));
     }`,
  );
  const processes = [1, 2].map(() => spawn(process.execPath, [script], { stdio: "inherit" }));
  const removing = setInterval(
    () => void rm(cacheFolder, { recursive: true, force: true }).catch(() => undefined),
    50,
  );
  const codes = await Promise.all(
    processes.map(async (child) => (await once(child, "close"))[0] as number),
  );
  clearInterval(removing);
  assert.deepEqual(codes, [0, 0]);
});

test("columns come back from a packed file as they were", () => {
  const value = {
    name: "ä",
    empty: new Uint8Array(0),
    list: [{ numbers: new Float64Array([1.5, -2, 2 ** 53 - 1]) }, { numbers: Int32Array.of(-1) }],
    bytes: new Uint8Array([1, 2, 3]),
    words: Uint16Array.of(65_535),
  };
  assert.deepEqual(unpackColumns(packColumns(value, 1)), value);
});

test("a layer of a file is told apart by its samples", async (context) => {
  const folder = await aFolder(context);
  const cacheFolder = join(folder, "cache");
  const sources = await writeLayers(folder);
  await read(sources, cacheFolder);
  await settled(cacheFolder, 3);
  const file = await open(sources[0]!.path, "r+");
  await file.write(Buffer.from("x"), 0, 1, 0);
  await file.close();
  const outcome = await readImage(image.describe(), sources, { signal, cacheFolder });
  assert.ok(!outcome.ok && outcome.error.code === "layer-unreadable");
});
