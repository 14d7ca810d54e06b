import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { FileContent, FileRequest } from "../../server/src/io/fileContent.ts";
import { readImageFile } from "../../server/src/io/imageFile.ts";
import { defaultLimits } from "../../server/src/io/limits.ts";
import type { OpenOptions } from "../../server/src/io/openImage.ts";
import { createThreadStock } from "../../server/src/io/threadStock.ts";
import { anImage, contentOf, type ImageBuilder } from "../support/imageBuilder.ts";
import { dockerArchiveTar, ociFiles, ociTar, writeStore } from "../support/imageWriters.ts";
import { concat, type TarEntry, writeTar } from "../support/tarWriter.ts";
import { fakeImage, onlyEngine, routesFor, startFakeEngine } from "./fakeEngine.ts";
import { errorOf, noEngine, readWhole, valueOf, withFolder, withImage } from "./openedImage.ts";
import { writeStorage } from "./splitStorage.ts";

const long = `${"folder/".repeat(20)}file`;
const big = contentOf("big", 700_000);

const entries: readonly TarEntry[] = [
  { path: "etc/", type: "5" },
  { path: "./etc/passwd", body: Buffer.from("root:x:0:0\n"), mode: 0o640, uid: 1, gid: 2 },
  { path: "etc/empty", body: new Uint8Array(0) },
  { path: "etc/mtab", type: "2", linkTarget: "/proc/mounts" },
  { path: "usr/bin/big", body: big, mode: 0o755 },
  { path: "usr/bin/other", type: "1", linkTarget: "usr/bin/big" },
  { path: long, body: Buffer.from("far down\n") },
  { path: "dev/null", type: "3" },
  { path: "twice", body: Buffer.from("first") },
  { path: "twice", body: Buffer.from("second, which wins") },
  { path: Buffer.from([0x62, 0xff]), body: Buffer.from("ff") },
  { path: Buffer.from([0x63, 0xfe]), body: Buffer.from("one") },
  { path: Buffer.from([0x63, 0xfd]), body: Buffer.from("two") },
  { path: "odd \u0001\n name", body: Buffer.from("odd") },
];

/** Something of every kind; the second layer says of some paths something else. */
const app = imageOf(entries);

function imageOf(first: readonly TarEntry[]): ImageBuilder {
  return anImage()
    .rawLayer(first)
    .layer({
      "etc/passwd": { content: "app:x:1:1\n" },
      "usr/bin/below": { hardlink: "usr/bin/big" },
      "etc/.wh.empty": "0",
    });
}

/** Sizes of raw layers are not known before they are read. */
const sizeless = (image: ImageBuilder): ImageBuilder => ({
  ...image,
  describe: () => anImage().describe(),
});

/** What a test says of a file: its text, or what it is instead. */
function said(content: FileContent): string {
  switch (content.kind) {
    case "file":
      return textOf(content.bytes);
    case "symlink":
    case "link-below":
      return `${content.kind} ${content.target}`;
    case "too-large":
    case "sparse":
      return `${content.kind} ${content.contentBytes}`;
    case "directory":
    case "device":
    case "whiteout":
    case "absent":
    case "ambiguous":
      return content.kind;
  }
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length < 1000) return Buffer.from(bytes).toString("utf8");
  return `${bytes.length} bytes, ${Buffer.from(bytes).equals(big) ? "right" : "wrong"}`;
}

const request = { maxBytes: 1_000_000, signal: new AbortController().signal };

async function readAll(
  reference: string,
  options: OpenOptions,
  wanted: readonly (readonly [number, string])[],
): Promise<readonly string[]> {
  return withImage(reference, options, async (image) => {
    const texts: string[] = [];
    for (const [layer, path] of wanted) {
      texts.push(said(valueOf(await readImageFile(image, { ...request, layer, path }))));
    }
    return texts;
  });
}

const wanted: readonly (readonly [number, string, string])[] = [
  [0, "etc/passwd", "root:x:0:0\n"],
  [1, "etc/passwd", "app:x:1:1\n"],
  [0, "etc/empty", ""],
  [1, "etc/empty", "whiteout"],
  [0, "etc/mtab", "symlink /proc/mounts"],
  [0, "usr/bin/big", "700000 bytes, right"],
  [0, "usr/bin/other", "700000 bytes, right"],
  [1, "usr/bin/below", "link-below usr/bin/big"],
  [0, long, "far down\n"],
  [0, "dev/null", "device"],
  [0, "twice", "second, which wins"],
  [0, "etc", "directory"],
  [0, "", "directory"],
  [0, "b\ufffd", "ff"],
  [0, "c\ufffd", "ambiguous"],
  [0, "odd \u0001\n name", "odd"],
  [0, "etc/../etc/passwd", "absent"],
  [0, "/etc/passwd", "absent"],
  [0, "etc/passwd/", "absent"],
  [0, "nothing", "absent"],
  [2, "etc/passwd", "absent"],
  [-1, "etc/passwd", "absent"],
];

/** What no source may have wrong: content at its place, through a hard link, and of the right layer. */
const telling = wanted.filter(([, path]) => ["usr/bin/other", "twice"].includes(path));

/** Of archives that are read from their beginning each time: what lies behind a large file. */
const last = wanted.filter(([, path]) => path === "twice");

async function checkSource(
  reference: string,
  options: OpenOptions,
  rows: typeof wanted = telling,
): Promise<void> {
  const texts = await readAll(
    reference,
    options,
    rows.map(([layer, path]) => [layer, path]),
  );
  assert.deepEqual(
    texts.map((text, at) => [...rows[at]!.slice(0, 2), text]),
    rows.map((row) => [...row]),
  );
}

suite("a file of a layer", () => {
  const folder = withFolder();
  const threads = createThreadStock({ idleThreads: 1 });
  after(() => threads.close());
  const stored = (): OpenOptions => ({ ...noEngine(folder()), threads });
  const put = async (name: string, bytes: Uint8Array): Promise<string> => {
    await writeFile(join(folder(), name), bytes);
    return name;
  };

  test("is what the layer says of its path", async () => {
    const reference = `docker-archive:${await put("app.tar", dockerArchiveTar(app))}`;
    await checkSource(reference, stored(), wanted);
  });

  test("of a docker save archive in every layout", async () => {
    for (const [name, tar] of [
      ["old.tar", dockerArchiveTar(app, { layout: "layer.tar" })],
      ["links.tar", dockerArchiveTar(app, { layout: "symlinks" })],
      ["blobs.tar", dockerArchiveTar(app, { layout: "blobs" })],
      ["gzip.tar", dockerArchiveTar(app, { layout: "blobs", compression: "gzip" })],
      ["zstd.tar", dockerArchiveTar(app, { layout: "blobs", compression: "zstd" })],
    ] as const) {
      await checkSource(`docker-archive:${await put(name, tar)}`, stored());
    }
  });

  test("of an archive packed as a whole, with and without a cache", async () => {
    const plain = dockerArchiveTar(app, { layout: "blobs" });
    const inner = dockerArchiveTar(app, { layout: "symlinks" });
    const cacheFolder = join(folder(), "packed-cache");
    for (const name of [
      await put("packed.tar.gz", gzipSync(plain)),
      await put("packed.tar.zst", zstdCompressSync(inner)),
    ]) {
      await checkSource(`docker-archive:${name}`, { ...stored(), cacheFolder }, last);
    }
    const packed = await put(
      "twice.tar.gz",
      gzipSync(dockerArchiveTar(app, { compression: "gzip" })),
    );
    await checkSource(`docker-archive:${packed}`, stored(), last);
  });

  test("of an OCI layout, as a folder and as a tar", async () => {
    for (const compression of ["plain", "gzip", "zstd"] as const) {
      const path = join(folder(), `oci-${compression}`);
      await writeStore(path, ociFiles(app, { compression }));
      await checkSource(`oci:${path}`, stored());
      const tar = await put(`oci-${compression}.tar`, ociTar(app, { compression }));
      await checkSource(`oci:${tar}`, stored());
    }
  });

  test("comes with what the layer says of it", () =>
    withImage(`docker-archive:blobs.tar`, stored(), async (image) => {
      const read = valueOf(await image.readFile({ ...request, layer: 0, path: "etc/passwd" }));
      assert.ok(read.kind === "file");
      const { mode, uid, gid, contentBytes } = read;
      assert.deepEqual(
        { mode, uid, gid, contentBytes },
        { mode: 0o640, uid: 1, gid: 2, contentBytes: 11 },
      );
    }));

  test("a longer one than asked for is not read, and its parts are", () =>
    withImage(`docker-archive:gzip.tar`, stored(), async (image) => {
      const ask = async (more: Partial<FileRequest>): Promise<FileContent> =>
        valueOf(await image.readFile({ ...request, layer: 0, path: "usr/bin/big", ...more }));
      assert.equal(said(await ask({ maxBytes: 699_999 })), "too-large 700000");
      const part = await ask({ maxBytes: 1000, start: 600_000 });
      assert.ok(part.kind === "file");
      assert.deepEqual(Buffer.from(part.bytes), Buffer.from(big.subarray(600_000, 601_000)));
      assert.equal(part.contentBytes, 700_000);
      const end = await ask({ maxBytes: 1000, start: 699_500 });
      assert.equal(end.kind === "file" && end.bytes.length, 500);
      const behind = await ask({ maxBytes: 1000, start: 800_000 });
      assert.equal(behind.kind === "file" && behind.bytes.length, 0);
    }));

  test("is not put together from the pieces of a sparse one", async () => {
    const map = Buffer.from("1\n0\n3\n".padEnd(512, "\0"));
    const sparse = anImage().rawLayer([
      {
        path: "GNUSparseFile.0/lastlog",
        body: concat([map, Buffer.from("abc")]),
        pax: {
          "GNU.sparse.major": "1",
          "GNU.sparse.minor": "0",
          "GNU.sparse.name": "lastlog",
          "GNU.sparse.realsize": "292000",
        },
      },
    ]);
    await put("sparse.tar", dockerArchiveTar(sparse));
    const texts = await readAll("docker-archive:sparse.tar", stored(), [[0, "lastlog"]]);
    assert.deepEqual(texts, ["sparse 292000"]);
  });

  test("nothing is written but the cache", async () => {
    const cacheFolder = join(folder(), "only-cache");
    await put("alone.tar", dockerArchiveTar(app, { compression: "gzip" }));
    const before = await readdir(folder());
    await checkSource("docker-archive:alone.tar", { ...stored(), cacheFolder });
    assert.deepEqual(
      (await readdir(folder())).filter((name) => !before.includes(name)),
      ["only-cache"],
    );
    const kept = await readdir(cacheFolder);
    assert.ok(
      kept.every((name) => name.startsWith("layer-")),
      kept.join(),
    );
  });

  test("reading ends when it is cancelled", () =>
    withImage("docker-archive:gzip.tar", stored(), async (image) => {
      const ending = new AbortController();
      const reading = image.readFile({
        ...request,
        layer: 0,
        path: "usr/bin/big",
        signal: ending.signal,
      });
      ending.abort();
      assert.equal(errorOf(await reading).code, "cancelled");
      const late = await image.readFile({ ...request, layer: 0, path: "a", signal: ending.signal });
      assert.equal(errorOf(late).code, "cancelled");
    }));

  test("of a damaged layer gives an error, and never other bytes", async () => {
    const tar = Buffer.from(dockerArchiveTar(app, { layout: "blobs", compression: "gzip" }));
    const options = stored();
    await put("damaged.tar", tar);
    const cacheFolder = join(folder(), "damaged-cache");
    await readWhole("docker-archive:damaged.tar", { ...options, cacheFolder });
    // Where the compressed layer begins: behind its header.
    const at = tar.indexOf(Buffer.from([0x1f, 0x8b])) + 3000;
    tar.fill(0x55, at, at + 40);
    await put("damaged.tar", tar);
    await withImage("docker-archive:damaged.tar", { ...options, cacheFolder }, async (image) => {
      const read = await image.readFile({ ...request, layer: 0, path: "usr/bin/big" });
      assert.equal(errorOf(read).code, "layer-unreadable");
    });
  });

  test("of a layer that limits do not allow any more is refused, whatever is remembered of it", async () => {
    const reference = `docker-archive:${await put("limited.tar", dockerArchiveTar(app))}`;
    const cacheFolder = join(folder(), "limited-cache");
    await checkSource(reference, { ...stored(), cacheFolder });
    const limits = { ...defaultLimits, entries: 3 };
    await withImage(reference, { ...stored(), cacheFolder, limits }, async (image) => {
      const read = await image.readFile({ ...request, layer: 0, path: "etc/passwd" });
      assert.equal(errorOf(read).code, "limit-exceeded");
    });
  });

  test("of an archive that is written anew meanwhile gives an error", async () => {
    const reference = `docker-archive:${await put("renewed.tar", dockerArchiveTar(app))}`;
    await withImage(reference, stored(), async (image) => {
      const renewed = imageOf([{ path: "etc/passwd", body: Buffer.from("another:") }]);
      await put("renewed.tar", dockerArchiveTar(renewed));
      const read = await image.readFile({ ...request, layer: 0, path: "etc/passwd" });
      assert.equal(errorOf(read).code, "layer-unreadable");
    });
  });

  for (const layout of ["layer.tar", "blobs"] as const) {
    test(`of an engine's export (${layout}), which is ended when the file came`, async () => {
      const tail = writeTar([{ path: "rest", body: Buffer.alloc(30_000_000) }]);
      const exported = dockerArchiveTar(app, { layout });
      let sent = 0;
      const engine = await startFakeEngine(
        folder(),
        routesFor("app", fakeImage(sizeless(app)), (_, response) => {
          const all = concat([exported.subarray(0, exported.length - 1024), tail]);
          let at = 0;
          const more = (): void => {
            const chunk = all.subarray(at, (at += 1 << 20));
            if (response.destroyed) return;
            sent += chunk.length;
            if (chunk.length === 0) response.end();
            else response.write(chunk, () => setImmediate(more));
          };
          more();
        }),
      );
      const cacheFolder = join(folder(), `engine-${layout}`);
      await checkSource("app", { ...onlyEngine(engine, folder()), threads, cacheFolder }, last);
      sent = 0;
      const texts = await readAll(
        "app",
        { ...onlyEngine(engine, folder()), threads, cacheFolder },
        [[0, "etc/passwd"]],
      );
      assert.deepEqual(texts, ["root:x:0:0\n"]);
      assert.ok(sent < 30_000_000, `${sent} bytes were sent`);
      for (const name of await readdir(cacheFolder)) {
        if (name.startsWith("layer-")) await writeFile(join(cacheFolder, name), "damaged");
      }
      await checkSource("app", { ...onlyEngine(engine, folder()), threads, cacheFolder }, last);
      assert.ok(engine.requests.every((url) => /\/images\/.*\/(json|history|get)/.test(url)));
      await engine.stop();
    });
  }

  test("of an engine without a cache", async () => {
    const exported = dockerArchiveTar(app, { layout: "layer.tar" });
    const engine = await startFakeEngine(
      folder(),
      routesFor("app", fakeImage(sizeless(app)), { bytes: exported }),
    );
    await checkSource("app", { ...onlyEngine(engine, folder()), threads }, last);
    await engine.stop();
  });

  test(
    "of an engine's own storage, without an export",
    { skip: process.platform !== "linux" && "it needs Linux" },
    async () => {
      // An engine unpacks: of two entries of one path only the last is left.
      const stored = imageOf(entries.filter(({ path }) => path !== "twice"));
      const { root } = await writeStorage(folder(), stored);
      const driver = { Name: "overlay2", Data: { UpperDir: `${root}/overlay2/c1/diff` } };
      const engine = await startFakeEngine(
        folder(),
        routesFor("app", fakeImage(sizeless(stored), { driver }), {
          status: 500,
          message: "no export",
        }),
      );
      for (const cacheFolder of [undefined, join(folder(), "storage-cache")]) {
        const cache = cacheFolder === undefined ? {} : { cacheFolder };
        const options = { ...onlyEngine(engine, folder()), threads, ...cache };
        const rows = wanted.filter(([, path]) => /passwd$|other$|below$|empty$/.test(path));
        await checkSource("app", options, rows);
      }
      assert.ok(engine.requests.every((url) => !url.includes("/get")));
      await engine.stop();
    },
  );
});
