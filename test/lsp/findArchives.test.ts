import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { findArchives } from "../../server/src/io/findArchives.ts";

const never = new AbortController().signal;

/** A folder with these files, taken away afterwards. */
async function withFiles(
  files: Readonly<Record<string, string>>,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tare-archives-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("saved images and OCI layouts are found, other tars and hidden folders are not", () =>
  withFiles(
    {
      "out/app.tar": "blobs/\0",
      "out/old.tar": `${"a".repeat(64)}/\0`,
      "out/sources.tar": "src/main.c\0",
      "out/layout/oci-layout": "{}",
      "out/layout/blobs/inner.tar": "blobs/\0",
      "node_modules/x/app.tar": "blobs/\0",
      ".cache/app.tar": "blobs/\0",
      "a/b/c/d/deep.tar": "manifest.json\0",
      "a/b/c/d/e/deeper.tar": "manifest.json\0",
      "empty.tar": "",
    },
    async (folder) =>
      assert.deepEqual(await findArchives([folder, join(folder, "out")], never), [
        `docker-archive:${join(folder, "a/b/c/d/deep.tar")}`,
        `docker-archive:${join(folder, "out/app.tar")}`,
        `oci:${join(folder, "out/layout")}`,
        `docker-archive:${join(folder, "out/old.tar")}`,
      ]),
  ));

test("a folder that is not there holds nothing", async () =>
  assert.deepEqual(await findArchives(["/no/such/folder"], never), []));
