import { stat } from "node:fs/promises";
import type { Digest, DiffId } from "../core/image/digest.ts";
import type { ImageConfig } from "../core/image/imageConfig.ts";
import { parseImageConfig } from "../core/image/imageConfig.ts";
import type { ImageDescription, SourceKind } from "../core/image/image.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { withoutAbsent } from "../core/image/json.ts";
import { isForeignLayer, type Descriptor, type PlatformWish } from "../core/image/manifest.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import type { FileContent, FileRequest } from "./fileContent.ts";
import { readLayerFile, type OwnOptions } from "./imageFile.ts";
import { readDocument, type ImageFiles } from "./imageFiles.ts";
import type { OpenedImage } from "./imageSource.ts";
import { unreadable } from "./layerErrors.ts";
import { readImage } from "./layerReader.ts";

/** Which image of a store is meant. */
export interface StoredImageWish {
  /** As the user wrote it, for errors and the description. */
  readonly reference: string;
  /** A name, a tag or a digest; undefined when the store is to have just one image. */
  readonly tag?: string;
  readonly platform: PlatformWish;
}

/** One layer as a store holds it. */
export interface StoredLayer {
  readonly name: string;
  readonly diffId: DiffId;
  /** Only where the blob is compressed. */
  readonly transferBytes?: number;
  readonly blobDigest?: Digest;
}

/** An image found in a store, all its blobs there. */
export interface StoredImage {
  readonly source: SourceKind;
  readonly imageId: Digest;
  readonly config: ImageConfig;
  /** The config as stored; its digest is `imageId`. */
  readonly configText: string;
  /** Base layer first, one for each diffId. */
  readonly layers: readonly StoredLayer[];
}

/** Where a manifest says a layer is. */
export interface StatedLayer {
  readonly name: string;
  readonly descriptor?: Descriptor;
}

/** Reads a config whose digest is known where `expected` is given. */
export async function readConfig(
  files: ImageFiles,
  name: string,
  expected: Digest | undefined,
): Promise<Result<Pick<StoredImage, "config" | "configText" | "imageId">, ImageError>> {
  const where = `${files.place}:${name}`;
  const invalid = (reason: string): Result<never, ImageError> =>
    fail({ code: "config-invalid", where, reason });
  const document = await readDocument(files, name);
  if (!document.ok) return document;
  if (document.value === undefined) return invalid("it is missing");
  const { text, digest } = document.value;
  if (expected?.startsWith("sha256:") === true && digest !== expected) {
    return invalid(`it hashes to ${digest}`);
  }
  const config = parseImageConfig(text, where);
  return config.ok ? succeed({ config: config.value, configText: text, imageId: digest }) : config;
}

/** Pairs what a manifest says of the layers with the blobs that are there: as many as diffIds, each there and of the stated length. */
export async function findLayers(
  files: ImageFiles,
  stated: readonly StatedLayer[],
  diffIds: readonly DiffId[],
): Promise<Result<readonly StoredLayer[], ImageError>> {
  if (stated.length !== diffIds.length) {
    const reason = `it lists ${stated.length} layers where the config has ${diffIds.length}`;
    return fail({ code: "manifest-invalid", where: files.place, reason });
  }
  const layers: StoredLayer[] = [];
  for (const [index, { name, descriptor }] of stated.entries()) {
    const diffId = diffIds[index] ?? "";
    const blob = await files.findBlob(name);
    const trouble = blobTrouble(name, descriptor, blob?.blobBytes);
    if (trouble !== undefined) {
      return fail({ code: "layer-unreadable", layer: diffId, reason: trouble });
    }
    layers.push({
      name,
      diffId,
      ...(blob?.isCompressed === true ? { transferBytes: blob.blobBytes } : {}),
      ...blobDigestOf(name, descriptor),
    });
  }
  return succeed(layers);
}

function blobTrouble(
  name: string,
  descriptor: Descriptor | undefined,
  blobBytes: number | undefined,
): string | undefined {
  if (blobBytes === undefined) {
    return descriptor !== undefined && isForeignLayer(descriptor)
      ? "its publisher keeps it, it is not in the image"
      : `${name} is missing`;
  }
  return descriptor?.blobBytes === undefined || descriptor.blobBytes === blobBytes
    ? undefined
    : `${name} has ${blobBytes} bytes where the manifest says ${descriptor.blobBytes}`;
}

function blobDigestOf(
  name: string,
  descriptor: Descriptor | undefined,
): { readonly blobDigest?: Digest } {
  if (descriptor !== undefined) return { blobDigest: descriptor.digest };
  const hex = /(?:^|\/)blobs\/sha256\/([a-f0-9]{64})$/.exec(name)?.[1];
  return hex === undefined ? {} : { blobDigest: `sha256:${hex}` };
}

/** What is known of a stored image before its layers are read. */
export function describeStored(reference: string, image: StoredImage): ImageDescription {
  return {
    reference,
    imageId: image.imageId,
    source: image.source,
    config: image.config,
    layers: image.layers.map(({ diffId, transferBytes, blobDigest }) => ({
      diffId,
      ...withoutAbsent({ transferBytes, blobDigest }),
    })),
  };
}

/** A stored image as the port shows it. Closing it closes the files. */
export function openStored(
  files: ImageFiles,
  image: StoredImage,
  reference: string,
  own: OwnOptions,
): OpenedImage {
  const description = describeStored(reference, image);
  const opened = stateOf(files.place);
  return {
    description,
    read: async (options) => {
      const reading = { ...options, ...own };
      const sources = await files.openLayers(image.layers, reading);
      return sources.ok ? readImage(description, sources.value, reading) : sources;
    },
    readFile: async (request) => {
      const read = await readStoredFile(files, image, request, own);
      const isSame = (await opened) === (await stateOf(files.place));
      const layer = image.layers[request.layer]?.diffId ?? "";
      return isSame || !read.ok ? read : fail(unreadable(layer, "its file has changed since"));
    },
    close: () => files.close(),
  };
}

async function readStoredFile(
  files: ImageFiles,
  image: StoredImage,
  request: FileRequest,
  own: OwnOptions,
): Promise<Result<FileContent, ImageError>> {
  const layer = image.layers[request.layer];
  if (layer === undefined) return succeed({ kind: "absent" });
  const { signal } = request;
  const sources = await files.openLayers([layer], { signal, ...own });
  if (!sources.ok) return sources;
  const [source] = sources.value;
  const gone = unreadable(layer.diffId, `${layer.name} is missing`);
  if (source === undefined) return fail(gone);
  return readLayerFile(
    source,
    request,
    own,
    async (part) => (await files.readPart?.(layer, part, signal)) ?? fail(gone),
  );
}

/** Another text as soon as an archive is written anew; of folders "", for their blobs are named by their content. */
async function stateOf(place: string): Promise<string> {
  const found = await stat(place).catch(() => undefined);
  return found?.isFile() === true ? [found.ino, found.size, found.mtimeMs].join() : "";
}
