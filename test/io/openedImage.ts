import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { noEvidence } from "../../server/src/core/image/evidence.ts";
import type { Layer, ReadImage } from "../../server/src/core/image/image.ts";
import type { ImageError } from "../../server/src/core/image/imageError.ts";
import { pathOf } from "../../server/src/core/image/fileTree.ts";
import type { Result } from "../../server/src/core/result.ts";
import type { OpenedImage } from "../../server/src/io/imageSource.ts";
import { openImage, type OpenOptions } from "../../server/src/io/openImage.ts";

/** A folder for the tests of a file, removed after the last. */
export function withFolder(): () => string {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tare-io-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}

/** Options of a process that knows no engine. */
export function noEngine(baseFolder: string): OpenOptions {
  return {
    signal: new AbortController().signal,
    baseFolder,
    environment: { DOCKER_HOST: "unix:///nowhere/engine.sock" },
    homeFolder: baseFolder,
  };
}

/** The value, or a failed test that shows the error. */
export function valueOf<T>(result: Result<T, ImageError>): T {
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

/** The error, or a failed test. */
export function errorOf(result: Result<unknown, ImageError>): ImageError {
  assert.ok(!result.ok, "it worked, and should not have");
  return result.error;
}

/** Opens, hands over and closes. */
export async function withImage<T>(
  reference: string,
  options: OpenOptions,
  use: (image: OpenedImage) => Promise<T>,
): Promise<T> {
  const image = valueOf(await openImage(reference, options));
  try {
    return await use(image);
  } finally {
    await image.close();
  }
}

/** Opens and reads the whole image. */
export function readWhole(reference: string, options: OpenOptions): Promise<ReadImage> {
  return withImage(reference, options, async (image) =>
    valueOf(await image.read({ signal: options.signal })),
  );
}

/** The error of opening or, where that works, of reading. */
export async function troubleOf(reference: string, options: OpenOptions): Promise<ImageError> {
  const opened = await openImage(reference, options);
  if (!opened.ok) return opened.error;
  const read = await opened.value.read({ signal: options.signal });
  await opened.value.close();
  return errorOf(read);
}

/** What was kept of a layer's contents, whatever memory it lies in. */
export function evidenceOf({ evidence = noEvidence }: Layer): unknown {
  const contents = evidence.contents.map((row) => ({ ...row, bytes: Buffer.from(row.bytes) }));
  return { ...evidence, contents };
}

/** What must be equal whatever store an image is read from: layers, tree and waste as text. */
export function contentsOf(image: ReadImage): unknown {
  const { finalTree, layers, waste } = image;
  return {
    layers: layers.map((layer) => ({
      diffId: layer.diffId,
      contentBytes: layer.contentBytes,
      tarBytes: layer.tarBytes,
      wastedBytes: layer.wastedBytes,
      fileCount: layer.fileCount,
      nodeCount: layer.tree.nodeCount,
      evidence: evidenceOf(layer),
    })),
    files: Array.from(
      { length: finalTree.nodeCount },
      (_, node) =>
        `${pathOf(finalTree, node)} ${finalTree.kind[node]} ${finalTree.bytes[node]} ${finalTree.layer[node]} ${finalTree.mode[node]}`,
    ),
    waste: Array.from(
      { length: waste.count },
      (_, row) =>
        `${pathOf(layers[waste.writtenByLayer[row]!]!.tree, waste.node[row]!)} ${waste.kind[row]} ${waste.bytes[row]} ${waste.hiddenByLayer[row]}`,
    ),
    layerContentBytes: image.layerContentBytes,
    finalContentBytes: image.finalContentBytes,
    wastedBytes: image.wastedBytes,
    history: image.description.config.history.map(({ createdBy, emptyLayer }) => [
      createdBy,
      emptyLayer,
    ]),
  };
}

/** Waits until it holds; a failed test when it does not within a minute, longer than a busy machine takes. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (const until = performance.now() + 60_000; !holds(); await sleep(20)) {
    assert.ok(performance.now() < until, what);
  }
}
