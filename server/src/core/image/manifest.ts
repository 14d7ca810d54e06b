import { fail, succeed, type Result } from "../result.ts";
import { parseDigest, type Digest } from "./digest.ts";
import { toPlatform, type Platform } from "./imageConfig.ts";
import type { ImageError } from "./imageError.ts";
import {
  arrayField,
  bytesField,
  fieldOf,
  objectField,
  parseJsonArray,
  parseJsonObject,
  stringField,
  stringMapField,
  stringsField,
  toObject,
  withoutAbsent,
  type JsonObject,
  type JsonProblems,
} from "./json.ts";

/** Points at a blob. image-spec descriptor.md; the fields that Tare reads. */
export interface Descriptor {
  readonly digest: Digest;
  /** Absent when the writer left it out; it may also lie, so content is sniffed. */
  readonly mediaType?: string;
  /** Length of the blob as stored; absent when the writer left it out. */
  readonly blobBytes?: number;
  /** Only in an index. */
  readonly platform?: Platform;
  readonly annotations: Readonly<Record<string, string>>;
}

/** An index: one image for each of several platforms, or all images of a layout. image-spec image-index.md, Docker's manifest list. */
export interface ImageIndex {
  readonly kind: "index";
  /** As written; attestations among them. */
  readonly manifests: readonly Descriptor[];
}

/** A manifest: one image. image-spec manifest.md. */
export interface ImageManifest {
  readonly kind: "manifest";
  readonly config: Descriptor;
  /** Base layer first. */
  readonly layers: readonly Descriptor[];
}

/** One image of a `docker save` archive, as its `manifest.json` lists it. */
export interface ArchivedImage {
  /** File in the archive that holds the config. */
  readonly configPath: string;
  /** `name:tag`; empty when it was saved by its id. */
  readonly names: readonly string[];
  /** Files in the archive, base layer first; one may be listed several times. */
  readonly layerPaths: readonly string[];
}

const maxDescriptors = 4096;

/** Reads an index or a manifest, whichever it is. A document that could be both is refused: readers would differ on what it says. */
export function parseManifest(
  text: string,
  where: string,
): Result<ImageIndex | ImageManifest, ImageError> {
  const problems: JsonProblems = [];
  const object = parseJsonObject(problems, text);
  if (object === undefined) return invalid(where, problems);
  const manifests = arrayField(problems, object, "manifests");
  const layers = arrayField(problems, object, "layers");
  const config = objectField(problems, object, "config");
  if (manifests !== undefined && (layers !== undefined || config !== undefined)) {
    problems.push("it is an index and a manifest at once");
  }
  const parsed: ImageIndex | ImageManifest =
    manifests === undefined
      ? {
          kind: "manifest",
          config: toDescriptor(problems, config, "config"),
          layers: toDescriptors(problems, layers ?? [], "layer"),
        }
      : { kind: "index", manifests: toDescriptors(problems, manifests, "manifest") };
  if (problems.length === 0) return succeed(parsed);
  const isSchema1 = fieldOf(object, "schemaVersion") === 1 && config === undefined;
  return isSchema1 ? fail(schema1(where)) : invalid(where, problems);
}

/** Reads the `manifest.json` of a `docker save` archive; at least one image. moby image/tarexport. */
export function parseArchiveManifest(
  text: string,
  where: string,
): Result<readonly ArchivedImage[], ImageError> {
  const problems: JsonProblems = [];
  const rows = parseJsonArray(problems, text) ?? [];
  if (rows.length > maxDescriptors) problems.push(`it lists more than ${maxDescriptors} images`);
  const images = rows.slice(0, maxDescriptors).map((row, index) => {
    const object = toObject(problems, row, `entry ${index}`) ?? {};
    const configPath = stringField(problems, object, "Config");
    if (configPath === undefined) problems.push(`entry ${index} names no config`);
    return {
      configPath: configPath ?? "",
      names: stringsField(problems, object, "RepoTags") ?? [],
      layerPaths: stringsField(problems, object, "Layers") ?? [],
    };
  });
  if (images.length === 0) problems.push("it lists no image");
  return problems.length === 0 ? succeed(images) : invalid(where, problems);
}

/** Whether a descriptor of an index is an attestation (provenance, SBOM) and no image. BuildKit docs/attestations/attestation-storage.md. */
export function isAttestation(descriptor: Descriptor): boolean {
  const { platform, annotations } = descriptor;
  return (
    annotations["vnd.docker.reference.type"] !== undefined ||
    (platform?.os === "unknown" && platform.architecture === "unknown")
  );
}

/** Under which names a layout lists the descriptor: containerd's whole name first, then the tag of the spec's annotation. */
export function namesOf({ annotations }: Descriptor): readonly string[] {
  return [
    annotations["io.containerd.image.name"],
    annotations["org.opencontainers.image.ref.name"],
  ].filter((name) => name !== undefined);
}

/** A platform that was asked for, or the one that is liked best. */
export interface PlatformWish {
  /** Only an image for it will do; undefined when any will. */
  readonly required?: Platform;
  /** Taken first where any will do. */
  readonly preferred: Platform;
}

/**
 * The descriptor for the platform: the required one, else the preferred one, else the first. A descriptor that states no platform may be for
 * any. Undefined when there is none for the required one.
 */
export function choosePlatform(
  descriptors: readonly Descriptor[],
  wish: PlatformWish,
): Descriptor | undefined {
  const suits = (platform: Platform, { platform: own }: Descriptor): boolean =>
    own !== undefined && suitsPlatform(own, platform);
  if (wish.required !== undefined) {
    const required = wish.required;
    return (
      descriptors.find((descriptor) => suits(required, descriptor)) ??
      descriptors.find(({ platform }) => platform === undefined)
    );
  }
  return descriptors.find((descriptor) => suits(wish.preferred, descriptor)) ?? descriptors[0];
}

/** Whether an image for `own` is what was asked for; a wish without variant takes any. */
export function suitsPlatform(own: Platform, wished: Platform): boolean {
  return (
    own.os === wished.os &&
    own.architecture === wished.architecture &&
    (wished.variant === undefined || wished.variant === own.variant)
  );
}

/** Reads `os/architecture[/variant]`; undefined when it is not of this form. */
export function parsePlatform(text: string): Platform | undefined {
  const match = /^([a-z0-9]+)\/([a-z0-9_]+)(?:\/([a-z0-9.]+))?$/.exec(text.trim().toLowerCase());
  if (match === null) return undefined;
  const [, os = "", architecture = "", variant] = match;
  return { os, architecture, ...withoutAbsent({ variant }) };
}

/** Whether a config or layer states a media type that is none of an image; no stated type is no refusal. */
export function isRefusedMediaType(descriptor: Descriptor, role: "config" | "layer"): boolean {
  const { mediaType } = descriptor;
  if (mediaType === undefined || mediaType === "") return false;
  return role === "config" ? !configTypes.has(mediaType) : !layerType.test(mediaType);
}

const configTypes: ReadonlySet<string> = new Set([
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
]);

/** Tar layers however packed, also foreign ones; encrypted layers, in-toto statements and other artifacts are none. */
const layerType =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1\.tar|docker\.image\.rootfs\.(?:foreign\.)?diff\.tar)(?:[.+](?:gzip|zstd))?$/;

/** Whether a registry may not hand the layer on, so that stores often do not have its blob: Windows base layers. image-spec layer.md § Non-Distributable Layers. */
export function isForeignLayer({ mediaType }: Descriptor): boolean {
  return mediaType !== undefined && /foreign|nondistributable/.test(mediaType);
}

function toDescriptors(
  problems: JsonProblems,
  values: readonly unknown[],
  name: string,
): readonly Descriptor[] {
  if (values.length > maxDescriptors) {
    problems.push(`it lists more than ${maxDescriptors} ${name}s`);
    return [];
  }
  return values.map((value, index) => toDescriptor(problems, value, `${name} ${index}`));
}

function toDescriptor(problems: JsonProblems, value: unknown, name: string): Descriptor {
  const object: JsonObject = value === undefined ? {} : (toObject(problems, value, name) ?? {});
  const text = stringField(problems, object, "digest");
  const digest = text === undefined ? undefined : parseDigest(text);
  if (digest === undefined) problems.push(`${name} has no valid digest`);
  const platform = objectField(problems, object, "platform");
  return {
    digest: digest ?? "",
    ...withoutAbsent({
      mediaType: stringField(problems, object, "mediaType"),
      blobBytes: bytesField(problems, object, "size"),
      platform: platform === undefined ? undefined : toPlatform(problems, platform),
    }),
    annotations: stringMapField(problems, object, "annotations") ?? {},
  };
}

function schema1(where: string): ImageError {
  return {
    code: "media-type-unsupported",
    where,
    mediaType: "application/vnd.docker.distribution.manifest.v1+json",
  };
}

function invalid(where: string, problems: JsonProblems): Result<never, ImageError> {
  return fail({ code: "manifest-invalid", where, reason: problems[0] ?? "it is empty" });
}
