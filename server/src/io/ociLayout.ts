import type { Digest } from "../core/image/digest.ts";
import { formatPlatform, type Platform } from "../core/image/imageConfig.ts";
import type { ImageError } from "../core/image/imageError.ts";
import {
  choosePlatform,
  isAttestation,
  isRefusedMediaType,
  namesOf,
  parseManifest,
  suitsPlatform,
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
} from "../core/image/manifest.ts";
import { isSameImageName } from "../core/image/reference.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { blobName, readDocument, type ImageFiles } from "./imageFiles.ts";
import { findLayers, readConfig, type StoredImage, type StoredImageWish } from "./storedImage.ts";

/** The image of an OCI layout that is meant. Digests of index, manifest and config are verified; layers are held against their diffIds when they are read, as far as those read them. image-spec image-layout.md. */
export async function findOciImage(
  files: ImageFiles,
  wish: StoredImageWish,
): Promise<Result<StoredImage, ImageError>> {
  const index = await readManifest(files, "index.json", undefined);
  if (!index.ok) return index;
  const named = chooseNamed(files, indexOf(index.value), wish);
  if (!named.ok) return named;
  const manifest = await resolveManifest(files, named.value, wish, 0);
  return manifest.ok ? openManifest(files, manifest.value, wish) : manifest;
}

/** Some tools write a lone manifest where the index belongs; it is an index of one. */
function indexOf(document: ImageIndex | ImageManifest): readonly Candidate[] {
  return document.kind === "index"
    ? document.manifests.filter((descriptor) => !isAttestation(descriptor))
    : [document];
}

/** Something that leads to an image: a descriptor to follow, or a manifest that is read already. */
type Candidate = Descriptor | ImageManifest;

function isManifest(candidate: Candidate): candidate is ImageManifest {
  return "kind" in candidate;
}

async function readManifest(
  files: ImageFiles,
  name: string,
  expected: Digest | undefined,
): Promise<Result<ImageIndex | ImageManifest, ImageError>> {
  const where = `${files.place}:${name}`;
  const invalid = (reason: string): Result<never, ImageError> =>
    fail({ code: "manifest-invalid", where, reason });
  const document = await readDocument(files, name);
  if (!document.ok) return document;
  if (document.value === undefined) return invalid("it is missing");
  const { text, digest } = document.value;
  if (expected?.startsWith("sha256:") === true && digest !== expected) {
    return invalid(`it hashes to ${digest}`);
  }
  return parseManifest(text, where);
}

/** Those candidates of the layout's own index that are meant; several when they differ by platform only. */
function chooseNamed(
  files: ImageFiles,
  candidates: readonly Candidate[],
  wish: StoredImageWish,
): Result<readonly Candidate[], ImageError> {
  const { tag, reference } = wish;
  const place = files.place;
  if (candidates.length === 0) {
    return fail({ code: "manifest-invalid", where: place, reason: "it lists no image" });
  }
  const choices = [...new Set(candidates.map(nameOf).filter((name) => name !== undefined))];
  if (tag !== undefined) {
    const fitting = candidates.filter((candidate) => isNamed(candidate, tag));
    if (fitting.length > 0) return succeed(fitting);
    return fail({ code: "image-not-found", reference, place, choices });
  }
  const images = new Set(candidates.map((candidate) => isManifest(candidate) || candidate.digest));
  if (images.size === 1 || areOneImage(candidates)) return succeed(candidates);
  const names = choices.length > 1 ? choices : [...images].map(String);
  return fail({ code: "image-not-found", reference, place, choices: names, isAmbiguous: true });
}

/** Whether the candidates are one image for several platforms: no two for the same one, and no two names. */
function areOneImage(candidates: readonly Candidate[]): boolean {
  const platforms = candidates.map((candidate) =>
    isManifest(candidate) || candidate.platform === undefined
      ? ""
      : formatPlatform(candidate.platform),
  );
  const names = new Set(candidates.map(nameOf));
  return new Set(platforms).size === candidates.length && names.size === 1;
}

function nameOf(candidate: Candidate): string | undefined {
  return isManifest(candidate) ? undefined : namesOf(candidate)[0];
}

/** A tag fits a whole name, the tag of one, or a digest. */
function isNamed(candidate: Candidate, tag: string): boolean {
  if (isManifest(candidate)) return false;
  return (
    candidate.digest === tag ||
    namesOf(candidate).some(
      (name) => name === tag || isSameImageName(name, tag) || name.endsWith(`:${tag}`),
    )
  );
}

const maxIndexDepth = 4;

/** Follows indexes down to the manifest for the platform. Indexes may name images whose blobs are not there: those do not count. */
async function resolveManifest(
  files: ImageFiles,
  candidates: readonly Candidate[],
  wish: StoredImageWish,
  depth: number,
): Promise<Result<ImageManifest, ImageError>> {
  const lone = candidates.find(isManifest);
  if (lone !== undefined) return succeed(lone);
  const descriptors = candidates.flatMap((candidate) => (isManifest(candidate) ? [] : candidate));
  const there = await filterThere(files, descriptors);
  const chosen = choosePlatform(there, wish.platform);
  if (chosen === undefined) return fail(noneError(files.place, wish, there));
  const document = await readManifest(files, blobName(chosen.digest), chosen.digest);
  if (!document.ok) return document;
  if (document.value.kind === "manifest") return succeed(document.value);
  if (depth === maxIndexDepth) {
    const limit = `${maxIndexDepth} nested indexes`;
    return fail({ code: "limit-exceeded", limit, where: files.place });
  }
  return resolveManifest(files, indexOf(document.value), wish, depth + 1);
}

async function filterThere(
  files: ImageFiles,
  descriptors: readonly Descriptor[],
): Promise<readonly Descriptor[]> {
  const blobs = await Promise.all(
    descriptors.map(({ digest }) => files.findBlob(blobName(digest))),
  );
  return descriptors.filter((_, index) => blobs[index] !== undefined);
}

function noneError(
  place: string,
  { reference, platform }: StoredImageWish,
  there: readonly Descriptor[],
): ImageError {
  if (platform.required === undefined || there.length === 0) {
    return { code: "manifest-invalid", where: place, reason: "its manifest is missing" };
  }
  return platformError(
    place,
    reference,
    platform.required,
    there.flatMap((descriptor) => descriptor.platform ?? []),
  );
}

/** The error for an image that is there, but not for the platform that was asked for. */
export function platformError(
  place: string,
  reference: string,
  required: Platform,
  there: readonly Platform[],
): ImageError {
  return {
    code: "image-not-found",
    reference: `${reference} for ${formatPlatform(required)}`,
    place,
    choices: there.map(formatPlatform),
  };
}

async function openManifest(
  files: ImageFiles,
  { config: descriptor, layers }: ImageManifest,
  wish: StoredImageWish,
): Promise<Result<StoredImage, ImageError>> {
  const refused = isRefusedMediaType(descriptor, "config")
    ? descriptor
    : layers.find((layer) => isRefusedMediaType(layer, "layer"));
  if (refused !== undefined) {
    const where = `${files.place}:${blobName(refused.digest)}`;
    return fail({ code: "media-type-unsupported", where, mediaType: refused.mediaType ?? "" });
  }
  const config = await readConfig(files, blobName(descriptor.digest), descriptor.digest);
  if (!config.ok) return config;
  const { platform, diffIds } = config.value.config;
  const { required } = wish.platform;
  if (required !== undefined && !suitsPlatform(platform, required)) {
    return fail(platformError(files.place, wish.reference, required, [platform]));
  }
  const stated = layers.map((layer) => ({ name: blobName(layer.digest), descriptor: layer }));
  const found = await findLayers(files, stated, diffIds);
  return found.ok ? succeed({ source: "oci", ...config.value, layers: found.value }) : found;
}
