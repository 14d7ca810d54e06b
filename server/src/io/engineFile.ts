import type { ImageError } from "../core/image/imageError.ts";
import { withoutAbsent } from "../core/image/json.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { readPartOfArchive } from "./archiveThread.ts";
import { placeOf } from "./engineAnswers.ts";
import {
  exportSource,
  isTroubleOfStorage,
  readExport,
  type EngineReading,
} from "./engineExport.ts";
import type { EngineImage } from "./engineImage.ts";
import type { FileContent, FileRequest } from "./fileContent.ts";
import { blobName } from "./imageFiles.ts";
import { readLayerFile, type OwnOptions } from "./imageFile.ts";
import { findCachedLayers } from "./layerReader.ts";
import type { LayerSource } from "./layerSource.ts";
import { findSplitImage } from "./tarSplitStorage.ts";

/**
 * Reads a file of an engine's image: where it lies in the engine's own storage, else from an export that is ended as soon as the file came.
 * An export of the whole image precedes that only where the layer's index is not in the cache.
 */
export async function readEngineFile(
  reading: EngineReading,
  image: EngineImage,
  request: FileRequest,
  own: OwnOptions,
): Promise<Result<FileContent, ImageError>> {
  if (image.description.layers[request.layer] === undefined) return succeed({ kind: "absent" });
  const near = await readNear(image, request, own);
  if (near !== undefined) return near;
  const source = await findSource(reading, image, request, own);
  if (!source.ok) return source;
  const read = await readFar(reading, image, source.value, request, own);
  const isLost = !read.ok && source.value.kind === "cached" && isTroubleOfStorage(read.error);
  if (!isLost) return read;
  // What was remembered is damaged, and now forgotten.
  const again = await findSource(reading, image, request, own);
  return again.ok ? readFar(reading, image, again.value, request, own) : again;
}

function readFar(
  reading: EngineReading,
  image: EngineImage,
  source: LayerSource,
  request: FileRequest,
  own: OwnOptions,
): Promise<Result<FileContent, ImageError>> {
  const task = {
    place: placeOf(reading.engine),
    source: exportSource(reading, image),
    ...withoutAbsent({ limits: own.limits }),
  };
  const names = namesOf(image, request.layer);
  const { diffId } = source;
  return readLayerFile(source, request, own, (part, signal) =>
    readPartOfArchive({ ...task, wanted: { ...part, diffId, names } }, signal),
  );
}

/** Undefined where the storage cannot be read, or holds something else: the export may do better. */
async function readNear(
  { engineId, storageRoot, description }: EngineImage,
  request: FileRequest,
  own: OwnOptions,
): Promise<Result<FileContent, ImageError> | undefined> {
  if (storageRoot === undefined) return undefined;
  const { diffIds } = description.config;
  const wanted = diffIds[request.layer];
  const others = new Set(diffIds.filter((diffId) => diffId !== wanted));
  const found = await findSplitImage(storageRoot, engineId, diffIds, others);
  const source = found?.sources[request.layer];
  if (source?.kind !== "split") return undefined;
  const noPart = async (): Promise<Result<never, ImageError>> => fail({ code: "cancelled" });
  const read = await readLayerFile(source, request, own, noPart);
  return read.ok || !isTroubleOfStorage(read.error) ? read : undefined;
}

/** The layer's index: remembered, or from an export that passes the other layers over where it can. */
async function findSource(
  reading: EngineReading,
  image: EngineImage,
  { layer, signal }: FileRequest,
  own: OwnOptions,
): Promise<Result<LayerSource, ImageError>> {
  const { diffIds } = image.description.config;
  const diffId = diffIds[layer] ?? "";
  const cached = await findCachedLayers([diffId], own);
  if (cached.has(diffId)) return succeed({ kind: "cached", diffId });
  const others = new Set(diffIds.filter((other) => other !== diffId));
  const options = { ...own, signal };
  const exported = await readExport(reading, image, others, options);
  if (!exported.ok) return exported;
  const { files, stored } = exported.value;
  const sources = await files.openLayers(stored.layers, options);
  if (!sources.ok) return sources;
  const source = sources.value[layer];
  const reason = "the engine did not export it";
  return source === undefined
    ? fail({ code: "layer-unreadable", layer: diffId, reason })
    : succeed(source);
}

/** Files of the export that hold the layer for certain, by content address. */
function namesOf({ description }: EngineImage, layer: number): readonly string[] {
  const { diffId, blobDigest } = description.layers[layer] ?? {};
  return [diffId, blobDigest].flatMap((digest) => (digest === undefined ? [] : [blobName(digest)]));
}
