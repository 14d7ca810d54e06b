import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { watchImage } from "../../server/src/io/watchImage.ts";
import { eventually, withFolder } from "./openedImage.ts";

suite("watching an archive or a layout", () => {
  const folder = withFolder();

  async function watching(
    reference: string,
    change: () => Promise<unknown>,
    expected: number,
  ): Promise<void> {
    let changes = 0;
    const stop = watchImage(
      reference,
      { baseFolder: folder(), intervalMs: 30 },
      () => (changes += 1),
    );
    try {
      // The first look has to be over before anything changes.
      await sleep(500);
      await change();
      if (expected > 0) await eventually(() => changes >= expected, "no change was noticed");
      await sleep(200);
      assert.equal(changes, expected);
    } finally {
      stop();
    }
  }

  test("tells when a file is rewritten, once for many writes", async () => {
    const path = join(folder(), "a.tar");
    await writeFile(path, "1");
    await watching(
      "docker-archive:a.tar",
      // Without a pause, so that a busy machine does not stretch them over several looks.
      async () => {
        for (let length = 2; length < 8; length += 1) writeFileSync(path, "x".repeat(length));
      },
      1,
    );
  });

  test("tells when a file is replaced, and when it comes to be", async () => {
    const path = join(folder(), "b.tar");
    const replace = async (): Promise<void> => {
      await writeFile(`${path}.new`, "2");
      await rename(`${path}.new`, path);
    };
    await watching(path, replace, 1);
    await watching(path, replace, 1);
  });

  test("tells when a layout gets a new index, also in a new folder", async () => {
    const layout = join(folder(), "layout");
    const write = async (): Promise<void> => {
      await mkdir(join(layout, "blobs"), { recursive: true });
      await writeFile(join(layout, "index.json"), String(performance.now()));
    };
    await watching("oci:layout:tag", write, 1);
    await watching("oci:layout", write, 1);
    await watching("oci:layout", () => writeFile(join(layout, "blobs/x"), "x"), 0);
  });

  test("keeps quiet when a file only goes, and about images of an engine", async () => {
    const path = join(folder(), "c.tar");
    await writeFile(path, "1");
    await watching(path, () => rm(path), 0);
    await watching("busybox:latest", () => writeFile(join(folder(), "busybox:latest"), "x"), 0);
  });

  test("a name that holds a NUL is no path, and nothing is watched", () =>
    watching("a\0b", () => Promise.resolve(), 0));
});
