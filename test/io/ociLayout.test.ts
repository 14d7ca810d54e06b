import assert from "node:assert/strict";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { describeImageError } from "../../server/src/core/image/imageError.ts";
import { anImage, digestOf } from "../support/imageBuilder.ts";
import {
  ociFiles,
  ociTar,
  writeStore,
  type OciOptions,
  type StoreFiles,
} from "../support/imageWriters.ts";
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
  .layer({ "app/.wh.cache": "0" });

const layouts: Readonly<Record<string, OciOptions>> = {
  plain: {},
  gzip: { compression: "gzip" },
  zstd: { compression: "zstd" },
  "with media types that lie": { compression: "zstd", lyingMediaTypes: true },
  "with a nested index and an attestation": { compression: "gzip", nestedIndex: true },
};

suite("an OCI layout", () => {
  const folder = withFolder();

  for (const [name, options] of Object.entries(layouts)) {
    test(`${name}: reads the same as folder and as tar`, async () => {
      await writeStore(join(folder(), name), ociFiles(app, options));
      await writeFile(join(folder(), `${name}.tar`), ociTar(app, options));
      const read = await readWhole(`oci:${name}`, noEngine(folder()));
      const fromTar = await readWhole(`oci:${name}.tar`, noEngine(folder()));
      assert.deepEqual(contentsOf(fromTar), contentsOf(read));
      assert.equal(read.layerContentBytes, 80_000);
      assert.equal(read.wastedBytes, 9_000);
      assert.equal(read.description.source, "oci");
      assert.equal(read.description.imageId, digestOf(app.configJson()));
      const isPacked = options.compression !== undefined;
      assert.equal(read.transferBytes !== undefined, isPacked);
    });
  }

  test("no path, and a file that the system cannot read, are told in a sentence", async (context) => {
    const options = noEngine(folder());
    assert.equal(
      describeImageError(await troubleOf("oci:", options)),
      "oci: is not in any store: build it once, or name another image.",
    );
    if (process.platform !== "linux") return context.skip("has no file that fails");
    for (const reference of ["docker-archive:/proc/self/mem", "/proc/self/mem"]) {
      const error = await troubleOf(reference, options);
      assert.equal(error.code, "manifest-invalid");
      assert.match(describeImageError(error), /it cannot be read, EIO/);
    }
  });

  test("is found by its bare path, also where that could be an image name", async () => {
    await writeStore(join(folder(), "out/app"), ociFiles(app));
    await withImage("out/app", noEngine(folder()), async ({ description }) =>
      assert.deepEqual([description.source, description.reference], ["oci", "out/app"]),
    );
  });

  test("is found by the name in its index", async () => {
    const names = [
      ["1.0", "1.0"],
      ["ghcr.io/me/app:1.0", "1.0"],
      ["docker.io/library/app:1.0", "app:1.0"],
      ["localhost/app:1.0", "app:1.0"],
    ] as const;
    for (const [refName, tag] of names) {
      await writeStore(join(folder(), "named"), ociFiles(app, { refName }));
      await withImage(`oci:named:${tag}`, noEngine(folder()), async ({ description }) =>
        assert.equal(description.layers.length, 3),
      );
    }
    const error = await troubleOf("oci:named:2.0", noEngine(folder()));
    assert.match(
      describeImageError(error),
      /^oci:named:2\.0 is not in .*: name an image it holds, localhost\/app:1\.0\.$/,
    );
  });
});

/** The descriptors in the index.json of a store. */
function manifestsOf(files: StoreFiles): readonly Record<string, unknown>[] {
  const index = files.find(([path]) => path === "index.json")![1];
  return (JSON.parse(new TextDecoder().decode(index)) as { manifests: Record<string, unknown>[] })
    .manifests;
}

function withIndex(files: StoreFiles, manifests: readonly unknown[]): StoreFiles {
  const index = new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, manifests }));
  return [...files.filter(([path]) => path !== "index.json"), ["index.json", index]];
}

suite("an OCI layout with several images", () => {
  const folder = withFolder();
  const one = ociFiles(anImage().layer("one 1kB"), { refName: undefined });
  const other = ociFiles(anImage().layer("other 2kB").layer("more 1kB"), { refName: undefined });
  const [first] = manifestsOf(one);
  const [second] = manifestsOf(other);
  const s390x = { os: "linux", architecture: "s390x" };
  const inS390x = ociFiles(anImage().platform(s390x).layer("one 1kB"), { refName: undefined });
  const both = [...one, ...other, ...inS390x];

  const layersOf = async (
    manifests: readonly unknown[],
    reference = "oci:several",
    platform?: string,
  ): Promise<number | string> => {
    await writeStore(join(folder(), "several"), withIndex(both, manifests));
    const options = { ...noEngine(folder()), ...(platform === undefined ? {} : { platform }) };
    try {
      return await withImage(
        reference,
        options,
        async ({ description }) => description.layers.length,
      );
    } catch {
      return describeImageError(await troubleOf(reference, options)).replaceAll(folder(), "");
    }
  };
  const amd64 = { os: "linux", architecture: "amd64" };
  const arm64 = { os: "linux", architecture: "arm64", variant: "v8" };
  const ppc = { os: "linux", architecture: "ppc64le" };
  const named = (name: string): unknown => ({ "org.opencontainers.image.ref.name": name });

  test("opens the one for the platform, else the first", async () => {
    const [forS390x] = manifestsOf(inS390x);
    const forBoth = [
      { ...forS390x, platform: s390x },
      { ...second, platform: ppc },
    ];
    assert.equal(await layersOf(forBoth), 1);
    assert.equal(await layersOf(forBoth, "oci:several", "linux/s390x"), 1);
    assert.match(
      String(await layersOf(forBoth, "oci:several", "linux/riscv64")),
      /oci:several for linux\/riscv64 is not in \/several: name an image it holds, linux\/s390x or linux\/ppc64le\./,
    );
  });

  test("is honest when a config says another platform than the index", async () => {
    const lying = [{ ...first, platform: arm64 }];
    assert.match(
      String(await layersOf(lying, "oci:several", "linux/arm64")),
      /is not in \/several: name an image it holds, linux\/amd64\./,
    );
  });

  test("does not choose between two for the same platform", async () => {
    const same = [
      { ...first, platform: amd64, annotations: named("one") },
      { ...second, platform: amd64, annotations: named("other") },
    ];
    assert.equal(
      await layersOf(same),
      "oci:several holds several images: name one of them, one or other.",
    );
    assert.equal(await layersOf(same, "oci:several:other"), 2);
    assert.equal(await layersOf(same, `oci:several:${String(second!["digest"])}`), 2);
  });

  test("skips platforms whose blobs are not there", async () => {
    const missing = { ...first, digest: digestOf("gone") };
    assert.equal(
      await layersOf([
        { ...missing, platform: amd64 },
        { ...second, platform: arm64 },
      ]),
      2,
    );
  });

  test("two names of one image are one image", async () =>
    assert.equal(
      await layersOf([
        { ...first, annotations: named("one") },
        { ...first, annotations: named("latest") },
      ]),
      1,
    ));

  test("a platform that is none is refused", async () =>
    assert.match(String(await layersOf([first], "oci:several", "banana")), /platform banana/));
});

suite("a damaged OCI layout", () => {
  const folder = withFolder();

  const troubleWith = async (files: StoreFiles): Promise<string> => {
    await rm(join(folder(), "bad"), { recursive: true, force: true });
    await writeStore(join(folder(), "bad"), files);
    const error = await troubleOf("oci:bad", noEngine(folder()));
    return `${error.code}: ${describeImageError(error).replaceAll(folder(), "")}`;
  };
  const good = ociFiles(app, { compression: "gzip" });
  const blobs = good.filter(([path]) => path.startsWith("blobs/"));
  const layer = blobs[0]!;
  const manifest = blobs.find(([, bytes]) =>
    new TextDecoder().decode(bytes).includes('"schemaVersion"'),
  )!;
  const config = blobs.find(([, bytes]) => new TextDecoder().decode(bytes).includes('"rootfs"'))!;
  const replace = (path: string, bytes: Uint8Array): StoreFiles =>
    good.map((file) => (file[0] === path ? [path, bytes] : file));
  const remove = (path: string): StoreFiles => good.filter((file) => file[0] !== path);
  const edit = (path: string): Uint8Array => {
    const bytes = good.find((file) => file[0] === path)![1].slice();
    bytes[bytes.length - 1] = bytes.at(-1)! ^ 1;
    return bytes;
  };
  const indexed = (manifest: unknown): StoreFiles => {
    const bytes = new TextEncoder().encode(JSON.stringify(manifest));
    const digest = digestOf(bytes);
    const files: StoreFiles = [...good, [`blobs/${digest.replace(":", "/")}`, bytes]];
    return withIndex(files, [{ digest, size: bytes.length }]);
  };
  const manifestObject = JSON.parse(new TextDecoder().decode(manifest[1])) as {
    config: Record<string, unknown>;
    layers: Record<string, unknown>[];
  };

  test("is refused when a file is missing", async () => {
    assert.match(
      await troubleWith(remove("index.json")),
      /^manifest-invalid: .*index\.json.*missing/,
    );
    assert.match(
      await troubleWith(remove(manifest[0])),
      /^manifest-invalid: .*its manifest is missing/,
    );
    assert.match(await troubleWith(remove(config[0])), /^config-invalid: .*it is missing/);
    assert.match(await troubleWith(remove(layer[0])), /^layer-unreadable: .*is missing/);
  });

  test("is refused when a digest does not fit", async () => {
    assert.match(
      await troubleWith(replace(manifest[0], edit(manifest[0]))),
      /^manifest-invalid: .*it hashes to/,
    );
    assert.match(
      await troubleWith(replace(config[0], edit(config[0]))),
      /^config-invalid: .*it hashes to/,
    );
    const swapped = blobs[1]![1];
    const lengths = replace(layer[0], swapped);
    assert.match(await troubleWith(lengths), /^layer-unreadable: .*bytes where the manifest says/);
  });

  test("is refused when a layer's content is another one", async () => {
    const layers = manifestObject.layers.toReversed();
    assert.match(
      await troubleWith(indexed({ ...manifestObject, layers })),
      /^layer-digest-mismatch: /,
    );
  });

  test("is refused when the manifest has another number of layers than the config", async () =>
    assert.match(
      await troubleWith(indexed({ ...manifestObject, layers: manifestObject.layers.slice(1) })),
      /^manifest-invalid: .*lists 2 layers where the config has 3/,
    ));

  test("is refused when it holds something else than images", async () => {
    const helm = {
      ...manifestObject.config,
      mediaType: "application/vnd.cncf.helm.config.v1+json",
    };
    assert.match(
      await troubleWith(indexed({ ...manifestObject, config: helm })),
      /^media-type-unsupported: .*helm/,
    );
    const encrypted = manifestObject.layers.map((one) => ({
      ...one,
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
    }));
    assert.match(
      await troubleWith(indexed({ ...manifestObject, layers: encrypted })),
      /^media-type-unsupported: .*encrypted/,
    );
  });

  test("says of a foreign layer without blob that its publisher keeps it", async () => {
    const foreign = {
      ...manifestObject.layers[0],
      mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
      digest: digestOf("elsewhere"),
    };
    const layers = [foreign, ...manifestObject.layers.slice(1)];
    assert.match(
      await troubleWith(indexed({ ...manifestObject, layers })),
      /^layer-unreadable: .*its publisher keeps it/,
    );
  });

  test("does not follow its own indexes in circles or for ever", async () => {
    let files = good;
    let top = manifestsOf(good)[0]!;
    for (let depth = 0; depth < 8; depth += 1) {
      const bytes = new TextEncoder().encode(JSON.stringify({ manifests: [top] }));
      const digest = digestOf(bytes);
      files = [...files, [`blobs/${digest.replace(":", "/")}`, bytes]];
      top = { digest, size: bytes.length };
    }
    assert.match(await troubleWith(withIndex(files, [top])), /^limit-exceeded: .*nested indexes/);
  });

  test("does not leave its folder through symlinks", async () => {
    await mkdir(join(folder(), "outside"), { recursive: true });
    const secret = join(folder(), "outside/secret");
    await writeFile(secret, config[1]);
    await rm(join(folder(), "linked"), { recursive: true, force: true });
    await writeStore(join(folder(), "linked"), remove(config[0]));
    await symlink(secret, join(folder(), "linked", config[0]));
    const error = await troubleOf("oci:linked", noEngine(folder()));
    assert.equal(error.code, "config-invalid");
  });

  test("without any image is refused", async () =>
    assert.match(await troubleWith(withIndex(good, [])), /^manifest-invalid: .*lists no image/));
});
