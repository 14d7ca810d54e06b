import type { ImageError } from "../core/image/imageError.ts";
import { withoutAbsent } from "../core/image/json.ts";
import { succeed, type Result } from "../core/result.ts";
import type { StreamedFile } from "./archiveReader.ts";
import type { ArchiveTask } from "./archiveTask.ts";
import { readArchiveInThread, readPartOfArchive } from "./archiveThread.ts";
import type { Compression } from "./decoder.ts";
import { normaliseName, type ImageFiles, type WantedLayer } from "./imageFiles.ts";
import { findCachedLayers, type LayerSource, type ReadOptions } from "./layerReader.ts";
import { collectLayers, toImageFiles } from "./streamedFiles.ts";

/** A file that is an archive packed as a whole. */
export interface PackedFile {
  readonly path: string;
  readonly compression: Compression;
}

/**
 * The files of an archive that is packed as a whole (`.tar.gz`, `.tar.zst`). It can only be read from its beginning: once here for its documents,
 * and once more for the layers that are wanted then.
 */
export async function openCompressedArchive(
  packed: PackedFile,
  signal: AbortSignal,
): Promise<Result<ImageFiles, ImageError>> {
  const scanned = await scan(packed, [], { signal });
  if (!scanned.ok) return scanned;
  const files = toImageFiles(packed.path, scanned.value, new Set());
  return succeed({
    ...files,
    openLayers: (wanted, options) => readLayers(packed, scanned.value, wanted, options),
    readPart: ({ name, diffId }, part, ownSignal) => {
      const real = realName(scanned.value, name);
      const names = real === undefined ? [] : [real];
      const { path, compression } = packed;
      const source = { kind: "packed", path, compression } as const;
      return readPartOfArchive(
        { place: path, source, wanted: { ...part, diffId, names } },
        ownSignal,
      );
    },
  });
}

async function readLayers(
  packed: PackedFile,
  scanned: ReadonlyMap<string, StreamedFile>,
  wanted: readonly WantedLayer[],
  options: ReadOptions,
): Promise<Result<readonly LayerSource[], ImageError>> {
  const cached = await findCachedLayers(
    wanted.map(({ diffId }) => diffId),
    options,
  );
  const missing = wanted.filter(({ diffId }) => !cached.has(diffId));
  if (missing.length === 0) return collectLayers(new Map(), wanted, cached);
  const names = new Set(missing.flatMap(({ name }) => realName(scanned, name) ?? []));
  const read = await scan(packed, [...names], options);
  return read.ok ? collectLayers(read.value, wanted, cached) : read;
}

function realName(files: ReadonlyMap<string, StreamedFile>, name: string): string | undefined {
  let at = normaliseName(name);
  for (let links = 0; links < 8 && at !== undefined; links += 1) {
    const file = files.get(at);
    if (file?.kind !== "link") return at;
    at = normaliseName(file.target);
  }
  return undefined;
}

function scan(
  { path, compression }: PackedFile,
  names: readonly string[],
  options: ReadOptions,
): Promise<Result<ReadonlyMap<string, StreamedFile>, ImageError>> {
  const { cacheFolder, limits } = options;
  const task: ArchiveTask = {
    place: path,
    source: { kind: "packed", path, compression },
    wanted: { kind: "names", names },
    layerCount: names.length,
    isProven: false,
    ...withoutAbsent({ cacheFolder, limits }),
  };
  return readArchiveInThread(task, options);
}
