import type { DiffId } from "../core/image/digest.ts";
import type { ImageDescription, ReadImage } from "../core/image/image.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { withoutAbsent } from "../core/image/json.ts";
import type { PlatformWish } from "../core/image/manifest.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { promptMs } from "./exportRehearsal.ts";
import type { ArchiveTask, ExportSource } from "./archiveTask.ts";
import { readArchiveInThread } from "./archiveThread.ts";
import type { ExportCache } from "./exportCache.ts";
import { findArchivedImage } from "./dockerArchive.ts";
import type { Engine } from "./dockerEngine.ts";
import { imagePath, isAtLeast, placeOf } from "./engineAnswers.ts";
import type { EngineImage } from "./engineImage.ts";
import type { EngineQuery } from "./engineRequest.ts";
import type { ImageFiles } from "./imageFiles.ts";
import { findCachedLayers, readImage, type ReadOptions } from "./layerReader.ts";
import { findOciImage } from "./ociLayout.ts";
import { toImageFiles } from "./streamedFiles.ts";
import type { StoredImage } from "./storedImage.ts";
import { findSplitImage } from "./tarSplitStorage.ts";
import { createThreadStock } from "./threadStock.ts";

/** What reading an image of an engine needs besides the image. */
export interface EngineReading {
  readonly engine: Engine;
  readonly exports: ExportCache;
  readonly platform: PlatformWish;
}

/**
 * Reads the layers of an engine's image. Nothing is exported when all of them are in the cache and the history is certain, nor for an image
 * without layers, which engines refuse to export, nor where the engine's own storage can be read. Otherwise the export is read while it streams;
 * its config has the last word on the history.
 */
export async function readEngineImage(
  reading: EngineReading,
  image: EngineImage,
  options: ReadOptions,
): Promise<Result<ReadImage, ImageError>> {
  const { description } = image;
  const { diffIds } = description.config;
  const cached = await findCachedLayers(diffIds, options);
  const isCached = diffIds.every((diffId) => cached.has(diffId));
  if (diffIds.length === 0 || (isCached && image.hasHistory)) {
    const sources = diffIds.map((diffId) => ({ kind: "cached", diffId }) as const);
    return readImage(description, sources, options);
  }
  const near = await readStorage(reading, image, cached, options);
  if (near !== undefined) return near;
  const threads = createThreadStock();
  const preparing = setTimeout(() => threads.prepare(mergeRehearsals), promptMs);
  try {
    const exported = await readExport(reading, image, cached, options).finally(() =>
      clearTimeout(preparing),
    );
    if (!exported.ok) return exported;
    const { files, stored } = exported.value;
    const sources = await files.openLayers(stored.layers, options);
    if (!sources.ok) return sources;
    await reading.exports.remember(image.engineId, stored);
    const described = withExport(description, stored);
    return await readImage(described, sources.value, { ...options, threads });
  } finally {
    threads.close();
  }
}

/** Of putting layers together, in the thread that will do it when a large export has come: a tenth of a second, of which the engine needs many. */
const mergeRehearsals = 15;

/** The same from the engine's files, which takes a fraction of the time; undefined where they cannot be read, for whatever reason. */
async function readStorage(
  { exports }: EngineReading,
  { engineId, description, storageRoot }: EngineImage,
  cached: ReadonlySet<DiffId>,
  options: ReadOptions,
): Promise<Result<ReadImage, ImageError> | undefined> {
  if (storageRoot === undefined) return undefined;
  const { diffIds } = description.config;
  const found = await findSplitImage(storageRoot, engineId, diffIds, cached);
  if (found === undefined) return undefined;
  const { stored, sources } = found;
  const read = await readImage(withExport(description, stored), sources, options);
  if (read.ok) await exports.remember(engineId, stored);
  return read.ok || !isTroubleOfStorage(read.error) ? read : undefined;
}

/** What the export may do better: a file that is gone, or is not what it should be. */
export function isTroubleOfStorage({ code }: ImageError): boolean {
  return code === "layer-unreadable" || code === "layer-digest-mismatch";
}

/** The description with what only the export tells: the whole config with its digest, and the lengths of compressed blobs. */
function withExport(description: ImageDescription, stored: StoredImage): ImageDescription {
  return {
    ...description,
    imageId: stored.imageId,
    config: stored.config,
    layers: stored.layers.map(({ diffId, transferBytes, blobDigest }) => ({
      diffId,
      ...withoutAbsent({ transferBytes, blobDigest }),
    })),
  };
}

/** Reads an export to its end; layers of `cached` are passed over where their names tell. */
export async function readExport(
  reading: EngineReading,
  image: EngineImage,
  cached: ReadonlySet<DiffId>,
  options: ReadOptions,
): Promise<Result<{ readonly files: ImageFiles; readonly stored: StoredImage }, ImageError>> {
  const { description } = image;
  const place = placeOf(reading.engine);
  const task: ArchiveTask = {
    place,
    source: exportSource(reading, image),
    wanted: { kind: "unknown", known: [...cached] },
    layerCount: description.config.diffIds.length,
    isProven: isProven(reading, image),
    ...withoutAbsent({ cacheFolder: options.cacheFolder, limits: options.limits }),
  };
  const streamed = await readArchiveInThread(task, options);
  if (!streamed.ok) return streamed;
  const files = toImageFiles(place, streamed.value, cached);
  const stored = await findDescribed(files, description, reading.platform);
  return stored.ok ? succeed({ files, stored: stored.value }) : stored;
}

/**
 * Docker holds every layer that it exports from a graph driver against its diffId (moby layer/ro_layer.go, newVerifiedReadCloser). What comes from afar is
 * held against it here too.
 */
function isProven({ engine }: EngineReading, { hasGraphDriver }: EngineImage): boolean {
  return hasGraphDriver && engine.endpoint.connection.kind === "socket";
}

/** The export of an image. By id: a name alone would export every tag of the repository, and a tag may have moved since. */
export function exportSource(
  { engine, platform }: EngineReading,
  { engineId, description }: EngineImage,
): ExportSource {
  return {
    kind: "export",
    endpoint: engine.endpoint,
    timeouts: engine.timeouts,
    path: imagePath(engineId, "get"),
    query: exportQuery(engine, platform),
    reference: description.reference,
  };
}

/** The image of the export that was described. The containerd store exports every platform it has, and `manifest.json` names only one. */
async function findDescribed(
  files: ImageFiles,
  { reference, config }: ImageDescription,
  platform: PlatformWish,
): Promise<Result<StoredImage, ImageError>> {
  const wish = { reference, platform };
  const isDescribed = (image: StoredImage): boolean =>
    image.config.diffIds.join() === config.diffIds.join();
  const archived = await findArchivedImage(files, wish);
  if (archived.ok && isDescribed(archived.value)) return archived;
  const required = { required: config.platform, preferred: config.platform };
  const other = await findOciImage(files, { reference, platform: required });
  if (other.ok && isDescribed(other.value)) return other;
  if (!archived.ok) return archived;
  const reason = "the engine exported another image than it described";
  return fail({ code: "manifest-invalid", where: files.place, reason });
}

/** Exports of one platform are known since API 1.48. */
function exportQuery({ apiVersion }: Engine, { required }: PlatformWish): EngineQuery {
  return required !== undefined && isAtLeast(apiVersion, 1.48)
    ? { platform: JSON.stringify(required) }
    : {};
}
