import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describeImageError } from "../../server/src/core/image/imageError.ts";
import { anImage, digestOf } from "../support/imageBuilder.ts";
import {
  dockerArchiveFiles,
  dockerArchiveTar,
  ociTar,
  writeStore,
  type DockerArchiveOptions,
} from "../support/imageWriters.ts";
import { writeTar } from "../support/tarWriter.ts";
import { fakeImage, onlyEngine, routesFor, startFakeEngine } from "./fakeEngine.ts";
import {
  contentsOf,
  noEngine,
  readWhole,
  troubleOf,
  withFolder,
  withImage,
} from "./openedImage.ts";

const app = anImage()
  .base("usr/lib/libc.so 40kB, etc/passwd 1kB")
  .layer("app/server 30kB, app/cache 9kB")
  .emptyRow('CMD ["/app/server"]')
  .layer({ "app/.wh.cache": "0", "etc/passwd": "1kB" });
const twice = anImage().layer({ "a/file": { content: "same" } });
const repeated = anImage()
  .rawLayer([{ path: "a", body: new Uint8Array(700) }])
  .rawLayer([{ path: "b", body: new Uint8Array(9) }])
  .rawLayer([{ path: "a", body: new Uint8Array(700) }]);

const layouts: Readonly<Record<string, DockerArchiveOptions>> = {
  "before Docker 25": { layout: "layer.tar" },
  "before Docker 25, manifest first": { layout: "layer.tar", manifest: "first" },
  "before Docker 25 with symlinked layers": { layout: "symlinks" },
  "since Docker 25": { layout: "blobs" },
  "since Docker 25, manifest first": { layout: "blobs", manifest: "first" },
  "of the containerd store, gzip": { layout: "blobs", compression: "gzip" },
  "of the containerd store, zstd": { layout: "blobs", compression: "zstd" },
};

suite("a docker save archive", () => {
  const folder = withFolder();

  const write = async (name: string, bytes: Uint8Array): Promise<string> => {
    await writeFile(join(folder(), name), bytes);
    return `docker-archive:${name}`;
  };

  for (const [layout, options] of Object.entries(layouts)) {
    test(`${layout}: reads as the image it is`, async () => {
      const reference = await write("app.tar", dockerArchiveTar(app, options));
      const read = await readWhole(reference, noEngine(folder()));
      const { layers, config, source, imageId } = read.description;
      assert.deepEqual(
        read.layers.map(({ contentBytes }) => contentBytes),
        [41_000, 39_000, 1_000],
      );
      assert.equal(read.wastedBytes, 10_000);
      assert.equal(source, "docker-archive");
      assert.equal(imageId, digestOf(app.configJson()));
      assert.equal(config.history.length, 4);
      const isPacked = options.compression !== undefined;
      assert.deepEqual(
        layers.map(({ transferBytes }) => transferBytes !== undefined),
        [isPacked, isPacked, isPacked],
      );
    });

    test(`${layout}: packed as a whole it is the same`, async () => {
      const tar = dockerArchiveTar(app, options);
      const plain = await readWhole(await write("plain.tar", tar), noEngine(folder()));
      const packed = await write("app.tar.gz", gzipSync(tar));
      const read = await readWhole(packed, noEngine(folder()));
      assert.deepEqual(contentsOf(read), contentsOf(plain));
    });
  }

  test("packed as a whole by zstd is the same", async () => {
    const tar = dockerArchiveTar(app);
    const plain = await readWhole(await write("plain.tar", tar), noEngine(folder()));
    const packed = await write("app.tar.zst", zstdCompressSync(tar));
    assert.deepEqual(contentsOf(await readWhole(packed, noEngine(folder()))), contentsOf(plain));
  });

  for (const layout of ["symlinks", "blobs"] as const) {
    test(`${layout}: a layer that occurs twice counts twice`, async () => {
      const tar = dockerArchiveTar(repeated, { layout });
      for (const bytes of [tar, gzipSync(tar)]) {
        const read = await readWhole(await write("twice.tar", bytes), noEngine(folder()));
        assert.deepEqual(
          read.layers.map(({ contentBytes, wastedBytes }) => [contentBytes, wastedBytes]),
          [
            [700, 700],
            [9, 0],
            [700, 0],
          ],
        );
      }
    });
  }

  test("without layers is an empty image", async () => {
    const empty = anImage().emptyRow('CMD ["/x"]');
    const reference = await write("empty.tar", dockerArchiveTar(empty));
    const read = await readWhole(reference, noEngine(folder()));
    assert.equal(read.layers.length, 0);
    assert.equal(read.layerContentBytes, 0);
  });

  test("may be a folder it was unpacked into", async () => {
    const place = await writeStore(join(folder(), "unpacked"), dockerArchiveFiles(app).files);
    const read = await readWhole(`docker-archive:${place}`, noEngine(folder()));
    assert.equal(read.layerContentBytes, 81_000);
  });

  test("with an index and no manifest.json is an OCI layout", async () => {
    const reference = await write("oci.tar", ociTar(app));
    await withImage(reference, noEngine(folder()), async ({ description }) =>
      assert.equal(description.source, "oci"),
    );
  });

  test("is found by its bare path, also where that could be an image name", async () => {
    await write("archive", dockerArchiveTar(app));
    for (const reference of ["./archive", "archive", join(folder(), "archive"), "~/archive"]) {
      await withImage(reference, noEngine(folder()), async ({ description }) => {
        assert.equal(description.source, "docker-archive");
        assert.equal(description.reference, reference);
      });
    }
  });

  test("a damaged file with an archive's name is told apart from an engine that does not answer", async () => {
    await writeFile(join(folder(), "noise.tar"), Buffer.alloc(4096, "noise"));
    const error = await troubleOf("noise.tar", noEngine(folder()));
    assert.equal(error.code, "manifest-invalid");
  });

  test("a folder that only has the name of an image stands in no one's way", async () => {
    await mkdir(join(folder(), "busybox"));
    const error = await troubleOf("busybox", noEngine(folder()));
    assert.equal(error.code, "engine-unreachable");
  });

  test("nor does a folder with a manifest of something else, nor another archive", async () => {
    await mkdir(join(folder(), "web"));
    await writeFile(join(folder(), "web/manifest.json"), '{"name":"a web application"}');
    await writeFile(join(folder(), "backup"), writeTar([{ path: "a", body: new Uint8Array(3) }]));
    const engine = await startFakeEngine(folder(), {
      ...routesFor("web", fakeImage(app), { bytes: new Uint8Array(0) }),
      ...routesFor("backup", fakeImage(app), { bytes: new Uint8Array(0) }),
    });
    for (const name of ["web", "backup"]) {
      await withImage(name, onlyEngine(engine, folder()), async ({ description }) =>
        assert.equal(description.source, "engine"),
      );
    }
    await engine.stop();
    assert.equal((await troubleOf("web", noEngine(folder()))).code, "manifest-invalid");
  });

  test("that is not there is looked for on the disk, when the name is one of an archive", async () => {
    const error = await troubleOf("gone.tar", noEngine(folder()));
    assert.deepEqual(error, { code: "image-not-found", reference: "gone.tar", place: folder() });
  });

  test("a colon in its file name is no tag when the file is there", async () => {
    await write("odd:name.tar", dockerArchiveTar(app));
    await withImage("docker-archive:odd:name.tar", noEngine(folder()), async ({ description }) =>
      assert.equal(description.layers.length, 3),
    );
  });
});

suite("a docker save archive with several images", () => {
  const folder = withFolder();

  async function writeBoth(): Promise<string> {
    const [a, b] = [app, twice].map((image, index) =>
      dockerArchiveFiles(image, { layout: "layer.tar", repoTags: [`name${index}:1`] }),
    );
    const lists = [a!, b!].map(({ files }) => {
      const manifest = files.find(([path]) => path === "manifest.json")![1];
      return JSON.parse(new TextDecoder().decode(manifest)) as unknown[];
    });
    const files = [...a!.files, ...b!.files]
      .filter(([path]) => path !== "manifest.json")
      // Both have a layer folder of the same made-up id; the second gets one of its own.
      .map(([path, body], index) => ({
        path: index >= a!.files.length - 1 && path.includes("/") ? `second/${path}` : path,
        body,
      }));
    const second = lists[1]![0] as { Layers: string[] };
    second.Layers = second.Layers.map((layer) => `second/${layer}`);
    const manifest = new TextEncoder().encode(JSON.stringify(lists.flat()));
    const tar = writeTar([...files, { path: "manifest.json", body: manifest }]);
    await writeFile(join(folder(), "both.tar"), tar);
    return "docker-archive:both.tar";
  }

  test("says which there are when none is named", async () => {
    const error = await troubleOf(await writeBoth(), noEngine(folder()));
    assert.equal(
      describeImageError(error),
      "docker-archive:both.tar holds several images: name one of them, name0:1 or name1:1.",
    );
  });

  test("opens the one that is named, by whole name, completed name, tag or id", async () => {
    const reference = await writeBoth();
    const id = digestOf(twice.configJson());
    for (const tag of ["name1:1", "docker.io/library/name1:1", id, id.slice(7, 19)]) {
      await withImage(`${reference}:${tag}`, noEngine(folder()), async ({ description }) =>
        assert.equal(description.layers.length, 1),
      );
    }
  });

  test("says which there are when another is named", async () => {
    const error = await troubleOf(`${await writeBoth()}:name7`, noEngine(folder()));
    assert.match(
      describeImageError(error),
      /name7 is not in .*: name an image it holds, name0:1 or name1:1\.$/,
    );
  });
});

suite("a damaged docker save archive", () => {
  const folder = withFolder();

  const troubleWith = async (bytes: Uint8Array): Promise<string> => {
    await writeFile(join(folder(), "bad.tar"), bytes);
    const error = await troubleOf("docker-archive:bad.tar", noEngine(folder()));
    return `${error.code}: ${describeImageError(error).replaceAll(folder(), "")}`;
  };

  test("cut off anywhere is refused, plain and packed", async () => {
    const tar = dockerArchiveTar(app, { layout: "layer.tar" });
    for (const share of [0.001, 0.1, 0.5, 0.9]) {
      const cut = tar.subarray(0, Math.floor(tar.length * share));
      assert.match(await troubleWith(cut), /^(manifest-invalid|layer-unreadable): /);
      const packed = gzipSync(tar);
      const packedCut = packed.subarray(0, Math.floor(packed.length * share));
      assert.match(await troubleWith(packedCut), /^(manifest-invalid|layer-unreadable): /);
    }
  });

  test("with a changed layer is refused, plain and packed", async () => {
    const files = dockerArchiveFiles(app, { layout: "layer.tar" }).files.map(([path, body]) => {
      if (!path.endsWith("layer.tar")) return { path, body };
      const changed = body.slice();
      changed[600] = 1;
      return { path, body: changed };
    });
    const packed = await troubleWith(gzipSync(writeTar(files)));
    assert.match(packed, /^layer-digest-mismatch: /);
  });

  test("that is none is refused in one sentence", async () => {
    const rows: readonly (readonly [Uint8Array, string])[] = [
      [
        new TextEncoder().encode("hello"),
        "manifest-invalid: /bad.tar holds no image that can be read (it is no tar archive): save the image again.",
      ],
      [
        new Uint8Array(0),
        "manifest-invalid: /bad.tar holds no image that can be read (it is no tar archive): save the image again.",
      ],
      [
        writeTar([{ path: "etc/passwd", body: new Uint8Array(3) }]),
        "manifest-invalid: /bad.tar:index.json holds no image that can be read (it is missing): save the image again.",
      ],
      [
        Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0),
        "media-type-unsupported: /bad.tar has the media type application/x-xz, which Tare does not read: save the image with gzip, zstd or no compression.",
      ],
    ];
    for (const [bytes, sentence] of rows) assert.equal(await troubleWith(bytes), sentence);
  });

  const withManifest = (
    manifest: unknown,
    ...more: readonly (readonly [string, string])[]
  ): Uint8Array =>
    writeTar(
      [["manifest.json", JSON.stringify(manifest)] as const, ...more].map(([path, text]) => ({
        path,
        body: new TextEncoder().encode(text),
      })),
    );

  test("whose manifest names what is not there is refused", async () => {
    assert.match(
      await troubleWith(withManifest([{ Config: "c.json", Layers: [] }])),
      /^config-invalid: .*\(it is missing\)/,
    );
    const config = JSON.stringify({ rootfs: { diff_ids: [digestOf("x")] } });
    assert.match(
      await troubleWith(
        withManifest([{ Config: "c.json", Layers: ["no/layer.tar"] }], ["c.json", config]),
      ),
      /^layer-unreadable: .*no\/layer\.tar is missing/,
    );
    assert.match(
      await troubleWith(withManifest([{ Config: "c.json", Layers: [] }], ["c.json", config])),
      /^manifest-invalid: .*it lists 0 layers where the config has 1/,
    );
    assert.match(
      await troubleWith(
        withManifest(
          [{ Config: `${"0".repeat(64)}.json`, Layers: [] }],
          [`${"0".repeat(64)}.json`, config],
        ),
      ),
      /^config-invalid: .*it hashes to sha256:/,
    );
  });

  test("that leads out of itself finds nothing there", async () => {
    for (const path of ["../../../../etc/passwd", "/etc/passwd", "a/../../etc/passwd"]) {
      assert.match(
        await troubleWith(withManifest([{ Config: path, Layers: [] }])),
        /^config-invalid: .*\(it is missing\)/,
      );
    }
  });

  test("whose links go in a circle is refused", async () => {
    const config = new TextEncoder().encode(
      JSON.stringify({ rootfs: { diff_ids: [digestOf("x")] } }),
    );
    const manifest = new TextEncoder().encode('[{"Config":"c.json","Layers":["a/layer.tar"]}]');
    const tar = writeTar([
      { path: "a/layer.tar", type: "2", linkTarget: "../b/layer.tar" },
      { path: "b/layer.tar", type: "2", linkTarget: "../a/layer.tar" },
      { path: "c.json", body: config },
      { path: "manifest.json", body: manifest },
    ]);
    assert.match(await troubleWith(tar), /^layer-unreadable: .*is missing/);
    assert.match(await troubleWith(gzipSync(tar)), /^layer-unreadable: .*is missing/);
  });

  test("with an endless manifest is refused", async () => {
    const long = writeTar([
      { path: "manifest.json", body: new Uint8Array(20 * 2 ** 20).fill(0x20) },
    ]);
    assert.match(await troubleWith(long), /^limit-exceeded: /);
    assert.match(await troubleWith(gzipSync(long)), /^limit-exceeded: /);
  });

  test("that is not there is not found", async () => {
    const error = await troubleOf("docker-archive:none.tar", noEngine(folder()));
    assert.equal(
      describeImageError(error),
      `docker-archive:none.tar is not in ${folder()}: build it once, or name another image.`,
    );
  });

  test("is not read any further once cancelled", async () => {
    await writeFile(join(folder(), "app.tar"), dockerArchiveTar(app));
    const signal = AbortSignal.abort();
    const error = await troubleOf("docker-archive:app.tar", { ...noEngine(folder()), signal });
    assert.equal(error.code, "cancelled");
  });
});
