import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { ReadImage } from "../../server/src/core/image/image.ts";
import { openImage } from "../../server/src/io/openImage.ts";
import type { TestEngine } from "../machine/engine.ts";

/** All layers of an image that the engine built, as it exports them. */
export async function readTagged(engine: TestEngine, tag: string): Promise<ReadImage> {
  const { signal } = new AbortController();
  // Podman puts what it builds under a host of its own.
  const name = engine.kind === "podman" ? `localhost/${tag}` : tag;
  const archive = join(engine.folder, `${tag.replaceAll(/\W/g, "-")}.tar`);
  await engine.run(["save", "-o", archive, name]);
  const opened = await openImage(`docker-archive:${archive}`, { signal, baseFolder: "/" });
  assert.ok(opened.ok, JSON.stringify(opened));
  const read = await opened.value.read({ signal });
  await opened.value.close();
  await rm(archive);
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}
