import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { ReadImage } from "../../server/src/core/image/image.ts";
import type { OpenOptions } from "../../server/src/io/openImage.ts";
import { anElf } from "../support/elfWriter.ts";
import { anImage } from "../support/imageBuilder.ts";
import { type Compression, dockerArchiveTar, ociTar } from "../support/imageWriters.ts";
import { fakeImage, onlyEngine, routesFor, startFakeEngine } from "./fakeEngine.ts";
import { evidenceOf, noEngine, readWhole, withFolder } from "./openedImage.ts";

const program = anElf({
  type: 3,
  interpreter: "/lib64/ld-linux-x86-64.so.2",
  needed: ["libssl.so.3", "libc.so.6"],
  sections: { ".rodata": { flags: 2, bytes: 300_000 }, ".debug_info": 90_000 },
});

/** Contents of all sizes that readers tell apart: in the header's window, larger than it, and beyond a script's kept head. */
const app = anImage()
  .base({
    "etc/os-release": { content: "ID=debian\n" },
    "etc/passwd": { content: "root:x:0:0:root:/root:/bin/sh\n" },
    "usr/lib/libc.so.6": { content: anElf({ type: 3, soname: "libc.so.6" }) },
    "usr/bin/sh": { content: program, mode: 0o755 },
    "var/lib/dpkg/status": {
      content: "Package: libc6\nStatus: install ok installed\n\n".repeat(900),
    },
    "var/lib/dpkg/info/libc6.list": { content: "/.\n/usr\n/usr/lib/libc.so.6\n" },
  })
  .layer({
    "app/run": { content: `#!/usr/bin/env node\n${"// x\n".repeat(2000)}`, mode: 0o755 },
    "app/short": { content: "#!/bin/sh\n", mode: 0o755 },
    "app/node_modules/a/package.json": { content: `{"name":"a","x":"${"y".repeat(20_000)}"}` },
    "app/same": { hardlink: "app/server" },
    "app/server": { content: program, mode: 0o755 },
    "etc/passwd": { content: "" },
  });

function evidenceOfAll({ layers }: ReadImage): unknown {
  return layers.map(evidenceOf);
}

suite("what is kept of contents", () => {
  const folder = withFolder();

  /** Reads twice, the second time from the cache. */
  async function checkEvidence(reference: string, options: OpenOptions): Promise<void> {
    const cacheFolder = await mkdtemp(join(folder(), "cache-"));
    const expected = evidenceOfAll(app.read());
    for (const isCached of [false, true]) {
      const read = await readWhole(reference, { ...options, cacheFolder });
      assert.deepEqual(evidenceOfAll(read), expected, isCached ? "from the cache" : "read");
    }
  }

  for (const compression of ["plain", "gzip", "zstd"] satisfies Compression[]) {
    test(`is the same from ${compression} layers in a file`, async () => {
      await writeFile(join(folder(), `${compression}.tar`), ociTar(app, { compression }));
      await checkEvidence(`oci:${compression}.tar`, noEngine(folder()));
    });
  }

  test("is the same from a packed archive", async () => {
    const archive = dockerArchiveTar(app, { layout: "layer.tar" });
    await writeFile(join(folder(), "app.tar.gz"), gzipSync(archive));
    await checkEvidence("docker-archive:app.tar.gz", noEngine(folder()));
  });

  test("is the same from an engine", async () => {
    const bytes = dockerArchiveTar(app, { layout: "layer.tar" });
    const engine = await startFakeEngine(folder(), routesFor("app:1", fakeImage(app), { bytes }));
    try {
      await checkEvidence("app:1", onlyEngine(engine, folder()));
    } finally {
      await engine.stop();
    }
  });
});
