import assert from "node:assert/strict";
import {
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { defaultLimits } from "../../server/src/io/limits.ts";
import { readRegionLayer } from "../../server/src/io/regionLayer.ts";
import { findSplitImage } from "../../server/src/io/tarSplitStorage.ts";
import { anElf } from "../support/elfWriter.ts";
import { anImage, digestOf } from "../support/imageBuilder.ts";
import { dockerArchiveTar } from "../support/imageWriters.ts";
import { type TarEntry, writeTar } from "../support/tarWriter.ts";
import {
  type FakeEngine,
  fakeImage,
  onlyEngine,
  routesFor,
  startFakeEngine,
} from "./fakeEngine.ts";
import { contentsOf, errorOf, readWhole, valueOf, withFolder, withImage } from "./openedImage.ts";
import { type Storage, splitTar, writeStorage } from "./splitStorage.ts";

const program = anElf({
  type: 3,
  needed: ["libc.so.6"],
  sections: { ".rodata": { flags: 2, bytes: 300_000 }, ".debug_info": 90_000 },
});

/** Something of all that is compared or looked at, larger than what is hashed along the way. */
const app = anImage()
  .base({
    "etc/os-release": { content: "ID=debian\n" },
    "usr/lib/moved": { size: "50kB", seed: "moved" },
    "usr/lib/same": { size: "40kB", seed: "same" },
    "usr/lib/other": { size: "40kB", seed: "one" },
    "usr/bin/sh": { content: program, mode: 0o755 },
    "usr/bin/ash": { hardlink: "usr/bin/sh" },
    "var/cache/": "0",
    "var/cache/a": "20kB",
  })
  .layer({
    "app/run": { content: `#!/bin/sh\n${"# x\n".repeat(3000)}`, mode: 0o755 },
    "usr/lib/same": { size: "40kB", seed: "same", mode: 0o600 },
    "usr/lib/other": { size: "40kB", seed: "two" },
    "usr/lib/.wh.moved": "0",
    "opt/moved": { size: "50kB", seed: "moved" },
    "var/cache/.wh..wh..opq": "0",
  });

suite("an engine's own storage", { skip: process.platform !== "linux" && "it needs Linux" }, () => {
  const folder = withFolder();

  /** An engine that has this storage and also exports the image. */
  async function withNear<T>(
    { root }: Pick<Storage, "root">,
    use: (engine: FakeEngine) => Promise<T>,
  ): Promise<T & { readonly isExported: boolean }> {
    const driver = { Name: "overlay2", Data: { UpperDir: `${root}/overlay2/c1/diff` } };
    const exported = { bytes: dockerArchiveTar(app, { layout: "layer.tar" }) };
    const routes = routesFor("app:1", fakeImage(app, { driver }), exported);
    const engine = await startFakeEngine(folder(), routes);
    try {
      const result = await use(engine);
      return { ...result, isExported: engine.requests.some((path) => path.endsWith("/get")) };
    } finally {
      await engine.stop();
    }
  }

  const readNear = (
    storage: Pick<Storage, "root">,
    options: { readonly cacheFolder?: string } = {},
  ): Promise<{ readonly contents: unknown; readonly isExported: boolean }> =>
    withNear(storage, async (engine) => ({
      contents: contentsOf(
        await readWhole("app:1", { ...onlyEngine(engine, folder()), ...options }),
      ),
    }));

  async function expected(): Promise<unknown> {
    const { contents, isExported } = await readNear({ root: "/nowhere" });
    assert.ok(isExported, "there is no storage");
    return contents;
  }

  test("gives what the export gives, and nothing is exported", async () => {
    const read = await readNear(await writeStorage(folder(), app));
    assert.deepEqual(read, { contents: await expected(), isExported: false });
  });

  test("is read once where there is a cache", async () => {
    const storage = await writeStorage(folder(), app);
    const cacheFolder = await mkdtemp(join(folder(), "cache-"));
    const first = await readNear(storage, { cacheFolder });
    for (const layer of [0, 1]) {
      await rename(storage.folderOf(layer), `${storage.folderOf(layer)}-gone`);
    }
    assert.deepEqual(await readNear(storage, { cacheFolder }), first);
    assert.equal(first.isExported, false);
  });

  test("that turns out not to be whole is left for the export", async () => {
    const storage = await writeStorage(folder(), app);
    await rm(join(storage.folderOf(1), "opt/moved"));
    assert.deepEqual(await readNear(storage), { contents: await expected(), isExported: true });
  });

  test("is let go when the reader gives up, and is not exported then", async () => {
    const storage = await writeStorage(folder(), app);
    const { error, isExported } = await withNear(storage, (engine) =>
      withImage("app:1", onlyEngine(engine, folder()), async (image) => {
        const controller = new AbortController();
        const reading = image.read({ signal: controller.signal });
        setTimeout(() => controller.abort(), 5);
        return { error: errorOf(await reading) };
      }),
    );
    assert.deepEqual({ error, isExported }, { error: { code: "cancelled" }, isExported: false });
  });

  type Spoil = (storage: Storage) => Promise<unknown>;

  test("of another image, or without a part of its records, is none", async () => {
    const cases: Readonly<Record<string, Spoil>> = {
      "another config": ({ configPath }) => writeFile(configPath, "{}"),
      "no config": ({ configPath }) => rm(configPath),
      "another layer": (storage) => writeFile(storage.recordOf(0, "diff"), digestOf("x")),
      "no folder's name": (storage) => writeFile(storage.recordOf(1, "cache-id"), "../c1"),
      "no frame": (storage) => rm(storage.recordOf(1, "tar-split.json.gz")),
    };
    const diffIds = app.layerTars().map((tar) => digestOf(tar));
    const find = ({ root }: Storage): ReturnType<typeof findSplitImage> =>
      findSplitImage(root, digestOf(app.configJson()), diffIds, new Set());
    const whole = await find(await writeStorage(folder(), app));
    assert.equal(whole?.sources.length, 2);
    for (const [name, spoil] of Object.entries(cases)) {
      const storage = await writeStorage(folder(), app);
      await spoil(storage);
      assert.equal(await find(storage), undefined, name);
    }
  });

  async function checkUnreadable(layer: number, cases: Readonly<Record<string, Spoil>>) {
    const diffId = digestOf(app.layerTars()[layer]!);
    for (const [name, spoil] of Object.entries(cases)) {
      const storage = await writeStorage(folder(), app);
      await spoil(storage);
      const path = storage.recordOf(layer, "tar-split.json.gz");
      const place = { path, length: 1, folder: storage.folderOf(layer), contentBytes: 1 };
      const source = { kind: "split", diffId, ...place } as const;
      const error = errorOf(readRegionLayer(source, defaultLimits, () => undefined));
      assert.equal(error.code, "layer-unreadable", name);
    }
  }

  test("gives no layer that is not just as its tar says", async () => {
    const framePath = (storage: Storage): string => storage.recordOf(0, "tar-split.json.gz");
    const spoilLines =
      (change: (lines: string[]) => readonly string[]): Spoil =>
      async (storage) => {
        const text = gunzipSync(await readFile(framePath(storage))).toString();
        await writeFile(framePath(storage), gzipSync(change(text.split("\n")).join("\n")));
      };
    await checkUnreadable(0, {
      "a frame cut off": (storage) => truncate(framePath(storage), 300),
      "a frame that is no gzip": (storage) => writeFile(framePath(storage), "{}"),
      "a frame without its last line": spoilLines((lines) => [...lines.slice(0, -2), ""]),
      "a frame without an end of line": spoilLines((lines) => [...lines.slice(0, -2), "{"]),
      "lines in another order": spoilLines((lines) => lines.toReversed()),
      "lines that are no JSON": spoilLines((lines) => lines.map((line) => `${line}}`)),
      "no contents": (storage) => rm(storage.folderOf(0), { recursive: true }),
      "a missing file": (storage) => rm(join(storage.folderOf(0), "usr/lib/moved")),
      "a shorter file": (storage) => truncate(join(storage.folderOf(0), "usr/bin/sh"), 100),
      "a folder for a file": async (storage) => {
        await rm(join(storage.folderOf(0), "usr/bin/sh"));
        await mkdir(join(storage.folderOf(0), "usr/bin/sh"));
      },
      // Has its length and no blocks, as a file whose content stayed below.
      "a file without its content": async (storage) => {
        const path = join(storage.folderOf(0), "usr/lib/same");
        await writeFile(path, "");
        await truncate(path, 40_000);
      },
    });
  });

  test("is never left through a link, whatever the image put there", async () => {
    const outside = await mkdtemp(join(folder(), "outside-"));
    const move = async (from: string, name: string): Promise<void> => {
      await rename(from, join(outside, name));
      await symlink(join(outside, name), from);
    };
    await checkUnreadable(0, {
      "for a file": (storage) => move(join(storage.folderOf(0), "usr/lib/moved"), "moved"),
      "for a folder": (storage) => move(join(storage.folderOf(0), "usr"), "usr"),
      "for all contents": (storage) => move(storage.folderOf(0), "diff"),
    });
  });

  async function checkSame(entries: readonly TarEntry[]): Promise<void> {
    const place = await mkdtemp(join(folder(), "layer-"));
    const tar = writeTar(entries);
    const diffId = digestOf(tar);
    const [plain, path, contents] = ["tar", "frame", "diff"].map((name) => join(place, name));
    await writeFile(plain!, tar);
    await splitTar(tar, contents!, path!);
    const region = { kind: "file", diffId, path: plain!, offset: 0, length: tar.length } as const;
    const split = { kind: "split", diffId, path: path!, length: 1, contentBytes: 1 } as const;
    const read = (from: Parameters<typeof readRegionLayer>[0]): unknown =>
      valueOf(readRegionLayer(from, defaultLimits, () => undefined));
    assert.deepEqual(read({ ...split, folder: contents! }), read(region));
  }

  const body = (bytes: number): Uint8Array => Buffer.alloc(bytes, `${bytes}.`);

  test("holds the layers that tars hold, to the last number", async () => {
    await checkSame([]);
    await checkSame([
      { path: "./a/b", body: body(10) },
      { path: "/c//d", body: body(512) },
      { path: "e".repeat(90) + "/" + "f".repeat(200), body: body(9000) },
      { path: Buffer.from([0x67, 0xff, 0x2f, 0xfe]), body: body(5000) },
      { path: "ü/日本", body: body(1), pax: { "SCHILY.xattr.user.x": "y".repeat(70_000) } },
      { path: "link", type: "1", linkTarget: "c/d" },
      { path: "sym", type: "2", linkTarget: "/etc/passwd" },
      { path: "fifo", type: "6" },
      { path: "dir/", type: "5" },
      { path: ".wh.gone", body: body(0) },
      { path: "dir/.wh..wh..opq", body: body(0) },
      { path: "big", body: body(100_000), uid: 5, mode: 0o755 },
    ]);
  });

  test("holds layers of thousands of files in folders of any depth", () =>
    checkSame(
      Array.from({ length: 1500 }, (_, file) => ({
        path: `${"d/".repeat(file % 40)}f${file}`,
        body: body((file * 37) % 6000),
      })),
    ));

  test("gives nothing for names that lead upwards", async () => {
    const place = await mkdtemp(join(folder(), "layer-"));
    const tar = writeTar([{ path: "a/../b", body: body(10) }]);
    const [path, contents] = [join(place, "frame"), join(place, "diff")];
    await splitTar(tar, contents, path);
    const split = { kind: "split", diffId: digestOf(tar), path, folder: contents } as const;
    const sizes = { length: 1, contentBytes: 1 };
    errorOf(readRegionLayer({ ...split, ...sizes }, defaultLimits, () => undefined));
  });

  test("is held against the limit of bytes, too", async () => {
    const storage = await writeStorage(folder(), app);
    const tar = app.layerTars()[0]!;
    const path = storage.recordOf(0, "tar-split.json.gz");
    const place = { path, length: 1, folder: storage.folderOf(0), contentBytes: 1 };
    const source = { kind: "split", diffId: digestOf(tar), ...place } as const;
    const limits = { ...defaultLimits, tarBytes: tar.length - 1 };
    const error = errorOf(readRegionLayer(source, limits, () => undefined));
    assert.ok(error.code === "limit-exceeded");
    assert.equal(error.limit, `${tar.length - 1} uncompressed bytes`);
  });
});
