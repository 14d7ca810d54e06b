import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { parseSize } from "../../server/src/core/text/size.ts";
import type { ImageDescription, ReadImage, SourceKind } from "../../server/src/core/image/image.ts";
import type {
  ContainerSettings,
  HistoryEntry,
  ImageConfig,
  Platform,
} from "../../server/src/core/image/imageConfig.ts";
import { createBodyWatcher } from "../../server/src/core/image/bodyWatcher.ts";
import {
  addEntry,
  createLayerBuilder,
  finishLayer,
  noteContentHash,
} from "../../server/src/core/image/layerBuilder.ts";
import type { LayerEntry } from "../../server/src/core/image/layerEntry.ts";
import type { LayerIndex } from "../../server/src/core/image/layerIndex.ts";
import { mergeLayers, stackLayers, toReadImage } from "../../server/src/core/image/merge.ts";
import { type TarEntry, tarBlocks, writeTar } from "./tarWriter.ts";

/**
 * One path of a layer. A text is a size (`10MB`, `0`); `seed` names content, so equal seed and size are equal bytes (by default each layer
 * and path has its own). `content` is the bytes themselves; only of such files is evidence kept.
 */
export type FileSpec =
  | string
  | {
      readonly size?: string | number;
      readonly seed?: string;
      readonly content?: string | Uint8Array;
      readonly symlink?: string;
      readonly hardlink?: string;
      readonly mode?: number;
      readonly uid?: number;
      readonly gid?: number;
    };

/**
 * Paths of a layer in tar order. `d/` is a directory entry, `.wh.a` a whiteout, `d/.wh..wh..opq` an opaque one; parents without an entry are
 * missing. A text lists `path size` pairs: `usr/lib/libc.so 70MB, etc/passwd 1kB`.
 */
export type LayerSpec = Readonly<Record<string, FileSpec>> | string;

/** The history row of a layer, beside `emptyLayer`. */
export type RowSpec = Partial<Omit<HistoryEntry, "emptyLayer">>;

/** An image in the making; every call returns a new one. */
export interface ImageBuilder {
  /** A layer of the base image: its history row is the classic builder's `ADD file:… in /`. */
  base(files: LayerSpec, row?: RowSpec): ImageBuilder;
  /** A layer with a history row of BuildKit; `createdBy` as given, else `COPY . / # buildkit`. */
  layer(files: LayerSpec, row?: RowSpec): ImageBuilder;
  /** A layer of raw tar entries, for what `layer` cannot say. */
  rawLayer(entries: readonly TarEntry[], row?: RowSpec): ImageBuilder;
  /** A history row without a layer. */
  emptyRow(createdBy: string, row?: RowSpec): ImageBuilder;
  /** Leaves the history out altogether. */
  withoutHistory(): ImageBuilder;
  settings(settings: Partial<ContainerSettings>): ImageBuilder;
  platform(platform: Platform): ImageBuilder;
  reference(reference: string, source?: SourceKind): ImageBuilder;
  /** When it was built, RFC 3339; all others are of one moment. */
  created(created: string): ImageBuilder;
  /** Sizes of the layers' compressed blobs, base first. */
  transferBytes(...bytes: readonly number[]): ImageBuilder;
  /** What is known before any layer is read. `historyBytes` is set as a graph-driver engine would when asked for. */
  describe(options?: { readonly withHistoryBytes?: boolean }): ImageDescription;
  /** The image as read, without any I/O and without making its bodies. Not for raw layers. */
  read(): ReadImage;
  /** The uncompressed tar of each layer, base first. Makes all bodies: keep sizes small. */
  layerTars(): readonly Uint8Array[];
  /** The config as stores keep it, with the real diffIds of `layerTars`. */
  configJson(): string;
}

/** An image without layers and history. */
export function anImage(): ImageBuilder {
  return builderOf({
    layers: [],
    history: [],
    platform: { os: "linux", architecture: "amd64" },
    settings: emptySettings,
    reference: "app:latest",
    source: "engine",
    created: "2026-01-01T00:00:00Z",
    transferBytes: undefined,
  });
}

/** Content of that many bytes: the same for the same seed, compressible like text. */
export function contentOf(seed: string, bytes: number): Uint8Array {
  const pattern = createHash("sha512").update(seed).digest("base64");
  const line = Buffer.from(`${pattern}\n`.repeat(Math.max(1, Math.ceil(4096 / 89))));
  const content = Buffer.alloc(bytes, line);
  content.write(seed.slice(0, bytes), 0);
  return content;
}

type LayerParts =
  | { readonly kind: "files"; readonly files: readonly (readonly [string, FileSpec])[] }
  | { readonly kind: "raw"; readonly entries: readonly TarEntry[] };

interface ImageParts {
  readonly layers: readonly LayerParts[];
  readonly history: readonly HistoryEntry[] | undefined;
  readonly platform: Platform;
  readonly settings: ContainerSettings;
  readonly reference: string;
  readonly source: SourceKind;
  readonly created: string;
  readonly transferBytes: readonly number[] | undefined;
}

const emptySettings: ContainerSettings = {
  env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
  exposedPorts: [],
  volumes: [],
  labels: {},
  onBuild: [],
};

function builderOf(parts: ImageParts): ImageBuilder {
  const withLayer = (layer: LayerParts, row: HistoryEntry): ImageBuilder =>
    builderOf({
      ...parts,
      layers: [...parts.layers, layer],
      history: parts.history === undefined ? undefined : [...parts.history, row],
    });
  return {
    base: (files, row) =>
      withLayer(filesLayer(files), {
        createdBy: `/bin/sh -c #(nop) ADD file:${"0".repeat(64)} in / `,
        emptyLayer: false,
        ...row,
      }),
    layer: (files, row) => withLayer(filesLayer(files), buildkitRow(row)),
    rawLayer: (entries, row) => withLayer({ kind: "raw", entries }, buildkitRow(row)),
    emptyRow: (createdBy, row) =>
      builderOf({
        ...parts,
        history: [
          ...(parts.history ?? []),
          { createdBy, comment: "buildkit.dockerfile.v0", emptyLayer: true, ...row },
        ],
      }),
    withoutHistory: () => builderOf({ ...parts, history: undefined }),
    settings: (settings) => builderOf({ ...parts, settings: { ...parts.settings, ...settings } }),
    platform: (platform) => builderOf({ ...parts, platform }),
    reference: (reference, source = parts.source) => builderOf({ ...parts, reference, source }),
    created: (created) => builderOf({ ...parts, created }),
    transferBytes: (...transferBytes) => builderOf({ ...parts, transferBytes }),
    describe: (options) => describeParts(parts, options?.withHistoryBytes ?? false),
    read: () =>
      toReadImage(describeParts(parts, false), mergeLayers(stackLayers(parts.layers.map(indexOf)))),
    layerTars: () => parts.layers.map(tarOf),
    configJson: () => configJsonOf(parts),
  };
}

function buildkitRow(row: RowSpec | undefined): HistoryEntry {
  return {
    createdBy: "COPY . / # buildkit",
    comment: "buildkit.dockerfile.v0",
    emptyLayer: false,
    ...row,
  };
}

function filesLayer(files: LayerSpec): LayerParts {
  if (typeof files !== "string") return { kind: "files", files: Object.entries(files) };
  const pairs = files.split(",").map((pair) => pair.trim().split(/\s+/));
  return { kind: "files", files: pairs.map(([path = "", size = "0"]) => [path, size]) };
}

function describeParts(parts: ImageParts, withHistoryBytes: boolean): ImageDescription {
  const diffIds = parts.layers.map((layer, index) => digestOf(JSON.stringify([index, layer])));
  const config: ImageConfig = {
    platform: parts.platform,
    created: parts.created,
    settings: parts.settings,
    diffIds,
    history: parts.history ?? [],
  };
  const historyBytes = parts.layers.map((layer, index) => indexOf(layer, index).contentBytes);
  return {
    reference: parts.reference,
    imageId: digestOf(JSON.stringify(config)),
    source: parts.source,
    config,
    layers: diffIds.map((diffId, index) => {
      const transferBytes = parts.transferBytes?.[index];
      return transferBytes === undefined ? { diffId } : { diffId, transferBytes };
    }),
    ...(withHistoryBytes ? { historyBytes } : {}),
  };
}

function configJsonOf(parts: ImageParts): string {
  const { settings } = parts;
  return JSON.stringify({
    ...parts.platform,
    created: parts.created,
    config: {
      Env: settings.env,
      Entrypoint: settings.entrypoint,
      Cmd: settings.cmd,
      User: settings.user,
      WorkingDir: settings.workingDir,
      Shell: settings.shell,
      Labels: settings.labels,
      StopSignal: settings.stopSignal,
      OnBuild: settings.onBuild.length === 0 ? undefined : settings.onBuild,
      ExposedPorts: Object.fromEntries(settings.exposedPorts.map((port) => [port, {}])),
      Volumes: Object.fromEntries(settings.volumes.map((volume) => [volume, {}])),
    },
    rootfs: { type: "layers", diff_ids: parts.layers.map(tarOf).map(digestOf) },
    history: parts.history?.map(({ createdBy, emptyLayer, ...rest }) => ({
      ...rest,
      created_by: createdBy,
      ...(emptyLayer ? { empty_layer: true } : {}),
    })),
  });
}

/** `sha256:…` of the bytes. */
export function digestOf(bytes: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function tarOf(layer: LayerParts, index: number): Uint8Array {
  if (layer.kind === "raw") return writeTar(layer.entries);
  return writeTar(layer.files.map(([path, spec]) => tarEntryOf(path, spec, index)));
}

function tarEntryOf(path: string, spec: FileSpec, layer: number): TarEntry {
  const { mode, uid, gid, symlink, hardlink } = typeof spec === "string" ? {} : spec;
  const owner = {
    ...(mode === undefined ? {} : { mode }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  };
  if (path.endsWith("/")) return { path, type: "5", ...owner };
  if (symlink !== undefined) return { path, type: "2", linkTarget: symlink, ...owner };
  if (hardlink !== undefined) return { path, type: "1", linkTarget: hardlink, ...owner };
  const { seed, bytes, content } = fileOf(path, spec, layer);
  return { path, body: content ?? contentOf(seed, bytes), ...owner };
}

function fileOf(
  path: string,
  spec: FileSpec,
  layer: number,
): { readonly seed: string; readonly bytes: number; readonly content?: Uint8Array } {
  const { size, seed, content } = typeof spec === "string" ? { size: spec } : spec;
  if (content !== undefined) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    return { seed: "", bytes: bytes.length, content: bytes };
  }
  const bytes = typeof size === "number" ? size : parseSize(size ?? "0");
  if (bytes === undefined) throw new Error(`${String(size)} is not a size (path ${path})`);
  return { seed: seed ?? `${layer}:${path}`, bytes };
}

/** The index that reading the layer's tar gives, made without its bodies. */
function indexOf(layer: LayerParts, index: number): LayerIndex {
  if (layer.kind === "raw") throw new Error("a raw layer can only be read from its tar");
  const builder = createLayerBuilder();
  const watcher = createBodyWatcher(builder);
  let tarBytes = 1024;
  for (const [path, spec] of layer.files) {
    const entry = layerEntryOf(path, spec, index);
    const headBlocks = tarBlocks({ ...tarEntryOf(path, withoutBody(spec), index) });
    tarBytes += headBlocks.reduce((sum, block) => sum + block.length, 0);
    tarBytes += Math.ceil(entry.contentBytes / 512) * 512;
    const handle = addEntry(builder, entry);
    if (typeof handle !== "number") throw new Error(`${path}: ${handle.reason}`);
    if (entry.kind !== "file" || handle < 0) continue;
    const { seed, bytes, content } = fileOf(path, spec, index);
    noteContentHash(builder, handle, crc32(content ?? `${bytes} of ${seed}`));
    if (content === undefined) continue;
    watcher.begin(handle, entry);
    watcher.take(content, 0, content.length);
    watcher.end();
  }
  return finishLayer(builder, tarBytes);
}

function withoutBody(spec: FileSpec): FileSpec {
  if (typeof spec === "string") return "0";
  const { content: _, ...rest } = spec;
  return { ...rest, size: 0 };
}

function layerEntryOf(path: string, spec: FileSpec, layer: number): LayerEntry {
  const tar = tarEntryOf(path, withoutBody(spec), layer);
  const kinds = { "5": "directory", "2": "symlink", "1": "hardLink", "0": "file" } as const;
  const kind = kinds[(tar.type ?? "0") as keyof typeof kinds];
  const rawPath = new TextEncoder().encode(path);
  const linkTarget = new TextEncoder().encode(String(tar.linkTarget ?? ""));
  return {
    kind,
    path: rawPath,
    pathLength: rawPath.length,
    linkTarget,
    linkLength: linkTarget.length,
    contentBytes: kind === "file" ? fileOf(path, spec, layer).bytes : 0,
    mode: tar.mode ?? (kind === "directory" ? 0o755 : 0o644),
    uid: tar.uid ?? 0,
    gid: tar.gid ?? 0,
    bodyOffset: -1,
    isSparse: false,
  };
}
