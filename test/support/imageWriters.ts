import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { type ImageBuilder, digestOf } from "./imageBuilder.ts";
import { type TarEntry, writeTar } from "./tarWriter.ts";

export type Compression = "plain" | "gzip" | "zstd";

/** Paths of a store with their bytes, in the order in which an archive has them. */
export type StoreFiles = readonly (readonly [path: string, bytes: Uint8Array])[];

export interface OciOptions {
  readonly compression?: Compression;
  /** Media types say something else than the blobs are. */
  readonly lyingMediaTypes?: boolean;
  /** `org.opencontainers.image.ref.name`; `latest` by default, undefined for none. */
  readonly refName?: string | undefined;
  /** Puts the manifest into an index of its own, beside an attestation manifest. */
  readonly nestedIndex?: boolean;
}

export interface DockerArchiveOptions {
  /**
   * `layer.tar`: before Docker 25, one folder for each layer · `symlinks`: the same where a layer that occurs twice is a link to its first place ·
   * `blobs`: since 25, an OCI layout with a manifest.json.
   */
  readonly layout?: "layer.tar" | "symlinks" | "blobs";
  /** Only in `blobs`, as the containerd store exports them. */
  readonly compression?: Compression;
  readonly repoTags?: readonly string[];
  /** `first` puts manifest.json and config in front of the layers. */
  readonly manifest?: "first" | "last";
}

/** The bytes as stored. */
export function compress(bytes: Uint8Array, compression: Compression): Uint8Array {
  switch (compression) {
    case "plain":
      return bytes;
    case "gzip":
      return gzipSync(bytes);
    case "zstd":
      return zstdCompressSync(bytes);
  }
}

/** An OCI layout. image-spec image-layout.md. */
export function ociFiles(image: ImageBuilder, options: OciOptions = {}): StoreFiles {
  const { blobs, manifest, config } = ociBlobs(image, options);
  const refName = "refName" in options ? options.refName : "latest";
  const top = options.nestedIndex === true ? nestedIndex(manifest, config, blobs) : manifest;
  const annotations =
    refName === undefined ? {} : { annotations: { "org.opencontainers.image.ref.name": refName } };
  return [
    ...blobs,
    ["index.json", json({ schemaVersion: 2, manifests: [{ ...top, ...annotations }] })],
    ["oci-layout", json({ imageLayoutVersion: "1.0.0" })],
  ];
}

/** What `docker save` writes. */
export function dockerArchiveFiles(
  image: ImageBuilder,
  options: DockerArchiveOptions = {},
): { readonly files: StoreFiles; readonly symlinks: ReadonlyMap<string, string> } {
  const layout = options.layout ?? "blobs";
  return layout === "blobs" ? blobsArchive(image, options) : oldArchive(image, options);
}

/** `docker save` as one tar. */
export function dockerArchiveTar(
  image: ImageBuilder,
  options: DockerArchiveOptions = {},
): Uint8Array {
  const { files, symlinks } = dockerArchiveFiles(image, options);
  return writeTar(
    files.map(([path, body]): TarEntry => {
      const linkTarget = symlinks.get(path);
      return linkTarget === undefined ? { path, body } : { path, type: "2", linkTarget };
    }),
  );
}

/** An OCI layout as one tar. */
export function ociTar(image: ImageBuilder, options: OciOptions = {}): Uint8Array {
  return writeTar(ociFiles(image, options).map(([path, body]) => ({ path, body })));
}

/** Writes the files of a store below a folder and returns it. */
export async function writeStore(folder: string, files: StoreFiles): Promise<string> {
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  return folder;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: unknown;
  readonly annotations?: unknown;
}

const layerTypes = {
  plain: "application/vnd.oci.image.layer.v1.tar",
  gzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  zstd: "application/vnd.oci.image.layer.v1.tar+zstd",
} as const;
const manifestType = "application/vnd.oci.image.manifest.v1+json";

function ociBlobs(
  image: ImageBuilder,
  options: OciOptions,
): {
  readonly blobs: (readonly [string, Uint8Array])[];
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
} {
  const compression = options.compression ?? "plain";
  const statedType = options.lyingMediaTypes === true ? "gzip" : compression;
  const blobs = new Map<string, Uint8Array>();
  const add = (bytes: Uint8Array, mediaType: string): Descriptor => {
    const digest = digestOf(bytes);
    blobs.set(blobPath(digest), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const layers = image
    .layerTars()
    .map((tar) => add(compress(tar, compression), layerTypes[statedType]));
  const configBytes = new TextEncoder().encode(image.configJson());
  const config = add(configBytes, "application/vnd.oci.image.config.v1+json");
  const manifest = add(
    json({ schemaVersion: 2, mediaType: manifestType, config, layers }),
    manifestType,
  );
  return { blobs: [...blobs], manifest, config, layers };
}

function nestedIndex(
  manifest: Descriptor,
  config: Descriptor,
  blobs: (readonly [string, Uint8Array])[],
): Descriptor {
  const add = (bytes: Uint8Array, mediaType: string): Descriptor => {
    const digest = digestOf(bytes);
    blobs.push([blobPath(digest), bytes]);
    return { mediaType, digest, size: bytes.length };
  };
  const statement = add(
    json({ predicateType: "https://slsa.dev/provenance/v0.2" }),
    "application/vnd.in-toto+json",
  );
  const attestation = add(
    json({ schemaVersion: 2, mediaType: manifestType, config, layers: [statement] }),
    manifestType,
  );
  const indexType = "application/vnd.oci.image.index.v1+json";
  return add(
    json({
      schemaVersion: 2,
      mediaType: indexType,
      manifests: [
        {
          ...attestation,
          platform: { os: "unknown", architecture: "unknown" },
          annotations: {
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": manifest.digest,
          },
        },
        { ...manifest, platform: { os: "linux", architecture: "amd64" } },
      ],
    }),
    indexType,
  );
}

function blobsArchive(
  image: ImageBuilder,
  options: DockerArchiveOptions,
): ReturnType<typeof dockerArchiveFiles> {
  const { compression = "plain" } = options;
  const { blobs, manifest, config, layers } = ociBlobs(image, { compression });
  const dockerManifest = json([
    {
      Config: blobPath(config.digest),
      RepoTags: options.repoTags ?? ["app:latest"],
      Layers: layers.map(({ digest }) => blobPath(digest)),
    },
  ]);
  const meta: StoreFiles = [
    ["index.json", json({ schemaVersion: 2, manifests: [manifest] })],
    ["manifest.json", dockerManifest],
    ["oci-layout", json({ imageLayoutVersion: "1.0.0" })],
  ];
  const files = options.manifest === "first" ? [...meta, ...blobs] : [...blobs, ...meta];
  return { files, symlinks: new Map() };
}

function oldArchive(
  image: ImageBuilder,
  options: DockerArchiveOptions,
): ReturnType<typeof dockerArchiveFiles> {
  const tars = image.layerTars();
  const symlinks = new Map<string, string>();
  const placeOf = new Map<string, string>();
  const layers: (readonly [string, Uint8Array])[] = [];
  const names = tars.map((tar, index) => {
    const folder = digestOf(`v1 id of layer ${index}`).slice("sha256:".length);
    const first = placeOf.get(digestOf(tar));
    layers.push([`${folder}/VERSION`, new TextEncoder().encode("1.0")]);
    layers.push([`${folder}/layer.tar`, tar]);
    if (options.layout === "symlinks" && first !== undefined) {
      symlinks.set(`${folder}/layer.tar`, `../${first}/layer.tar`);
    } else placeOf.set(digestOf(tar), folder);
    return `${folder}/layer.tar`;
  });
  const config = new TextEncoder().encode(image.configJson());
  const configName = `${digestOf(config).slice("sha256:".length)}.json`;
  const meta: StoreFiles = [
    [configName, config],
    [
      "manifest.json",
      json([{ Config: configName, RepoTags: options.repoTags ?? ["app:latest"], Layers: names }]),
    ],
  ];
  return {
    files: options.manifest === "first" ? [...meta, ...layers] : [...layers, ...meta],
    symlinks,
  };
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
