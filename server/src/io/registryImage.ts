import type { Digest } from "../core/image/digest.ts";
import type { LayerDescriptor } from "../core/image/image.ts";
import {
  formatPlatform,
  parseImageConfig,
  type ImageConfig,
  type Platform,
} from "../core/image/imageConfig.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { withoutAbsent } from "../core/image/json.ts";
import {
  choosePlatform,
  isAttestation,
  isRefusedMediaType,
  parseManifest,
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
} from "../core/image/manifest.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { digestOf } from "./imageFiles.ts";
import { defaultLimits } from "./limits.ts";
import { isDigestOf, type RegistryCache } from "./registryCache.ts";
import type { RegistryClient } from "./registryClient.ts";
import type { RegistryName } from "./registryName.ts";

/** What a registry says of one image for one platform, without sending a layer. */
export interface RegistryImage {
  /** The name as Docker completes it. */
  readonly name: string;
  /** What the name stands for now: an index or a manifest. */
  readonly digest: Digest;
  readonly manifestDigest: Digest;
  /** As the config states it. */
  readonly platform: Platform;
  /** Base layer first, with their compressed bytes. */
  readonly layers: readonly LayerDescriptor[];
  /** Sum over the layers, one that occurs twice counted twice; undefined as soon as one is not stated. */
  readonly transferBytes: number | undefined;
  readonly config: ImageConfig;
  /** Milliseconds since 1970. */
  readonly askedMs: number;
}

/** What reading is done with. */
export interface RegistryReading {
  readonly client: RegistryClient;
  readonly cache: RegistryCache;
  readonly nowMs: () => number;
}

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** Registries refuse larger manifests when they are pushed. distribution-spec § Pushing Manifests. */
const maxManifestBytes = 4 * 1024 * 1024;

/** Indexes may hold indexes; nobody nests them deeper. */
const maxNesting = 3;

interface Document {
  readonly digest: Digest;
  readonly text: string;
}

/** Reads index, manifest and config of an image. A digest that the cache has costs no request; a tag costs one that Docker Hub does not count as a pull. */
export async function readRegistryImage(
  reading: RegistryReading,
  name: RegistryName,
  platform: Platform,
  signal: AbortSignal,
): Promise<Result<RegistryImage, ImageError>> {
  const askedMs = reading.nowMs();
  const top = await readTop(reading, name, signal);
  if (!top.ok) return top;
  const found = await findManifest(reading, name, top.value, platform, signal);
  if (!found.ok) return found;
  const { manifest, digest: manifestDigest } = found.value;
  if (isRefusedMediaType(manifest.config, "config")) {
    const mediaType = manifest.config.mediaType ?? "";
    return fail({ code: "media-type-unsupported", where: name.text, mediaType });
  }
  const text = await readBlob(reading, name, manifest.config.digest, signal);
  if (!text.ok) return text;
  const config = parseImageConfig(text.value, name.text);
  if (!config.ok) return config;
  const layers = joinLayers(manifest.layers, config.value);
  if (layers === undefined) return invalid(name, "manifest and config differ in their layers");
  return succeed({
    name: name.text,
    digest: top.value.digest,
    manifestDigest,
    platform: config.value.platform,
    layers,
    transferBytes: sumOf(layers),
    config: config.value,
    askedMs,
  });
}

/** The index or manifest that a name stands for now. */
async function readTop(
  reading: RegistryReading,
  name: RegistryName,
  signal: AbortSignal,
): Promise<Result<Document, ImageError>> {
  if (name.digest !== undefined) return readManifest(reading, name, name.digest, signal);
  const path = `manifests/${name.reference}`;
  const question = { path, accept: manifestTypes, maxBytes: maxManifestBytes };
  const head = await reading.client.ask(name, { ...question, method: "HEAD" }, signal);
  const stated = head.ok ? statedDigest(head.value.headers) : undefined;
  if (stated !== undefined) return readManifest(reading, name, stated, signal);
  // Some registries answer no HEAD, or without a digest.
  if (signal.aborted) return fail({ code: "cancelled" });
  const answer = await reading.client.ask(name, { ...question, method: "GET" }, signal);
  if (!answer.ok) return answer;
  const digest = digestOf(answer.value.bytes);
  await reading.cache.keep(digest, answer.value.bytes);
  return succeed({ digest, text: new TextDecoder().decode(answer.value.bytes) });
}

function statedDigest(headers: Headers): Digest | undefined {
  const text = headers.get("docker-content-digest") ?? "";
  return /^sha256:[a-f0-9]{64}$/.test(text) ? text : undefined;
}

async function readManifest(
  reading: RegistryReading,
  name: RegistryName,
  digest: Digest,
  signal: AbortSignal,
): Promise<Result<Document, ImageError>> {
  const question = {
    path: `manifests/${digest}`,
    accept: manifestTypes,
    maxBytes: maxManifestBytes,
  };
  const text = await readByDigest(reading, name, digest, question, signal);
  return text.ok ? succeed({ digest, text: text.value }) : text;
}

function readBlob(
  reading: RegistryReading,
  name: RegistryName,
  digest: Digest,
  signal: AbortSignal,
): Promise<Result<string, ImageError>> {
  const question = { path: `blobs/${digest}`, maxBytes: defaultLimits.jsonBytes };
  return readByDigest(reading, name, digest, question, signal);
}

/** From the cache, else from the registry, whose bytes must be those of the digest. */
async function readByDigest(
  { client, cache }: RegistryReading,
  name: RegistryName,
  digest: Digest,
  question: { readonly path: string; readonly accept?: string; readonly maxBytes: number },
  signal: AbortSignal,
): Promise<Result<string, ImageError>> {
  const kept = await cache.find(digest);
  if (kept !== undefined) return succeed(new TextDecoder().decode(kept));
  const answer = await client.ask(name, { ...question, method: "GET" }, signal);
  if (!answer.ok) return answer;
  const { bytes } = answer.value;
  if (!isDigestOf(digest, bytes)) return invalid(name, `what it sends for ${digest} is not that`);
  await cache.keep(digest, bytes);
  return succeed(new TextDecoder().decode(bytes));
}

async function findManifest(
  reading: RegistryReading,
  name: RegistryName,
  top: Document,
  platform: Platform,
  signal: AbortSignal,
): Promise<Result<{ readonly manifest: ImageManifest; readonly digest: Digest }, ImageError>> {
  let document = top;
  for (let depth = 0; depth < maxNesting; depth += 1) {
    const parsed: Result<ImageIndex | ImageManifest, ImageError> = parseManifest(
      document.text,
      name.text,
    );
    if (!parsed.ok) return parsed;
    if (parsed.value.kind === "manifest") {
      return succeed({ manifest: parsed.value, digest: document.digest });
    }
    const images = parsed.value.manifests.filter((descriptor) => !isAttestation(descriptor));
    const chosen = choosePlatform(images, { required: platform, preferred: platform });
    if (chosen === undefined) return fail(noSuchPlatform(name, platform, images));
    const next = await readManifest(reading, name, chosen.digest, signal);
    if (!next.ok) return next;
    document = next.value;
  }
  return invalid(name, "its index leads from one index to the next");
}

function noSuchPlatform(
  { text, registry }: RegistryName,
  platform: Platform,
  images: readonly Descriptor[],
): ImageError {
  const choices = images.flatMap((image) =>
    image.platform === undefined ? [] : [formatPlatform(image.platform)],
  );
  const reference = `${text} for ${formatPlatform(platform)}`;
  return { code: "image-not-found", reference, place: registry, choices };
}

/** Undefined when the two do not tell of the same number of layers. */
function joinLayers(
  descriptors: readonly Descriptor[],
  { diffIds }: ImageConfig,
): readonly LayerDescriptor[] | undefined {
  if (descriptors.length !== diffIds.length) return undefined;
  return diffIds.map((diffId, index) => ({
    diffId,
    ...withoutAbsent({
      transferBytes: descriptors[index]?.blobBytes,
      blobDigest: descriptors[index]?.digest,
    }),
  }));
}

function sumOf(layers: readonly LayerDescriptor[]): number | undefined {
  return layers.reduce<number | undefined>(
    (sum, { transferBytes }) =>
      sum === undefined || transferBytes === undefined ? undefined : sum + transferBytes,
    0,
  );
}

function invalid({ text }: RegistryName, reason: string): Result<never, ImageError> {
  return fail({ code: "manifest-invalid", where: text, reason });
}
