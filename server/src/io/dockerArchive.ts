import type { ImageError } from "../core/image/imageError.ts";
import { parseArchiveManifest, suitsPlatform, type ArchivedImage } from "../core/image/manifest.ts";
import { isSameImageName } from "../core/image/reference.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { normaliseName, readDocument, type ImageFiles } from "./imageFiles.ts";
import { findOciImage, platformError } from "./ociLayout.ts";
import { findLayers, readConfig, type StoredImage, type StoredImageWish } from "./storedImage.ts";

/**
 * The image of a `docker save` archive that is meant, in every layout: `<id>/layer.tar` before Docker 25, blobs since, compressed blobs of the
 * containerd store. An archive with an index and no `manifest.json` is an OCI layout. moby image/tarexport, daemon/containerd/image_exporter.go.
 */
export async function findArchivedImage(
  files: ImageFiles,
  wish: StoredImageWish,
): Promise<Result<StoredImage, ImageError>> {
  const document = await readDocument(files, "manifest.json");
  if (!document.ok) return document;
  if (document.value === undefined) return findOciImage(files, wish);
  const where = `${files.place}:manifest.json`;
  const images = parseArchiveManifest(document.value.text, where);
  if (!images.ok) return images;
  const chosen = chooseImage(files.place, images.value, wish);
  if (!chosen.ok) return chosen;
  const image = await openArchived(files, chosen.value);
  const { required } = wish.platform;
  if (!image.ok || required === undefined || suitsPlatform(image.value.config.platform, required)) {
    return image;
  }
  return findOtherPlatform(files, wish, image.value);
}

/** `manifest.json` names an image for one platform only; an index beside it may have more. */
async function findOtherPlatform(
  files: ImageFiles,
  wish: StoredImageWish,
  { config }: StoredImage,
): Promise<Result<StoredImage, ImageError>> {
  if ((await files.findBlob("index.json")) !== undefined) return findOciImage(files, wish);
  const required = wish.platform.required ?? config.platform;
  return fail(platformError(files.place, wish.reference, required, [config.platform]));
}

function chooseImage(
  place: string,
  images: readonly ArchivedImage[],
  { reference, tag }: StoredImageWish,
): Result<ArchivedImage, ImageError> {
  const choices = images.flatMap(({ names }) => names);
  const fitting = tag === undefined ? images : images.filter((image) => isNamed(image, tag));
  const [first] = fitting;
  if (first === undefined) return fail({ code: "image-not-found", reference, place, choices });
  if (new Set(fitting.map(({ configPath }) => configPath)).size === 1) return succeed(first);
  const unnamed = fitting.map(({ configPath }) => configPath);
  return fail({
    code: "image-not-found",
    reference,
    place,
    choices: choices.length > 1 ? choices : unnamed,
    isAmbiguous: true,
  });
}

/** A tag fits a whole name, the tag of one, or the name of the config file: the image's id. */
function isNamed({ names, configPath }: ArchivedImage, tag: string): boolean {
  const id = /^(?:sha256:)?([a-f0-9]{12,64})$/.exec(tag)?.[1];
  return (
    configPath === tag ||
    (id !== undefined && configPath.slice(configPath.lastIndexOf("/") + 1).startsWith(id)) ||
    names.some((name) => name === tag || isSameImageName(name, tag) || name.endsWith(`:${tag}`))
  );
}

async function openArchived(
  files: ImageFiles,
  { configPath, layerPaths }: ArchivedImage,
): Promise<Result<StoredImage, ImageError>> {
  // Both layouts name the config by its digest: `<hex>.json`, later `blobs/sha256/<hex>`.
  const hex = /(?:^|\/)([a-f0-9]{64})(?:\.json)?$/.exec(normaliseName(configPath) ?? "")?.[1];
  const expected = hex === undefined ? undefined : `sha256:${hex}`;
  const config = await readConfig(files, configPath, expected);
  if (!config.ok) return config;
  const stated = layerPaths.map((name) => ({ name }));
  const layers = await findLayers(files, stated, config.value.config.diffIds);
  return layers.ok
    ? succeed({ source: "docker-archive", ...config.value, layers: layers.value })
    : layers;
}
