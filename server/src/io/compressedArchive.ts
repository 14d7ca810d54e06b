import type { FileHandle } from "node:fs/promises";
import type { ImageError } from "../core/image/imageError.ts";
import type { TarRefusal } from "../core/image/tarParser.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import {
  createArchiveReader,
  type ArchiveReader,
  type ArchiveReaderOptions,
  type StreamedFile,
} from "./archiveReader.ts";
import { createDecoder, type Compression } from "./decoder.ts";
import { normaliseName, type ImageFiles, type WantedLayer } from "./imageFiles.ts";
import { findCachedLayers, type LayerSource, type ReadOptions } from "./layerReader.ts";
import { defaultLimits } from "./limits.ts";
import { collectLayers, toImageFiles } from "./streamedFiles.ts";
import { archiveError } from "./tarFiles.ts";

/** A file that is an archive packed as a whole. */
export interface PackedFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly compression: Compression;
}

/**
 * The files of an archive that is packed as a whole (`.tar.gz`, `.tar.zst`). It can only be read from its beginning: once here for its documents,
 * and once more for the layers that are wanted then. Takes over the handle.
 */
export async function openCompressedArchive(
  packed: PackedFile,
  signal: AbortSignal,
): Promise<Result<ImageFiles, ImageError>> {
  const scanned = await scan(packed, { signal }, () => false, 0);
  if (!scanned.ok) return scanned;
  const files = toImageFiles(packed.path, scanned.value, new Set());
  return succeed({
    ...files,
    openLayers: (wanted, options) => readLayers(packed, scanned.value, wanted, options),
    close: () => packed.handle.close(),
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
  const read = await scan(packed, options, (name) => names.has(name), names.size);
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

async function scan(
  packed: PackedFile,
  options: ReadOptions,
  isWanted: ArchiveReaderOptions["isWanted"],
  layerCount: number,
): Promise<Result<ReadonlyMap<string, StreamedFile>, ImageError>> {
  const place = packed.path;
  const totalBytes = undefined;
  const reader = createArchiveReader({ ...options, place, isWanted, layerCount, totalBytes });
  const trouble = await decode(packed, reader, options.signal);
  if (trouble !== undefined) {
    reader.abort();
    return fail(trouble);
  }
  return reader.finish();
}

/** So much is read from the file at once, and so much of it is decoded before the workers are waited for: what it grows to is all in memory. */
const fileBytes = 256 * 1024;
const stepBytes = 16 * 1024;

async function decode(
  { path, handle, compression }: PackedFile,
  reader: ArchiveReader,
  signal: AbortSignal,
): Promise<ImageError | undefined> {
  const sizes = { stored: 0, decoded: 0 };
  let refusal: TarRefusal | undefined;
  const decoder = createDecoder(compression, (chunk) => {
    sizes.decoded += chunk.length;
    refusal ??= expansionRefusal(sizes) ?? reader.push(chunk);
    return refusal === undefined;
  });
  const memory = new Uint8Array(fileBytes);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(memory, 0, fileBytes, sizes.stored);
      if (bytesRead === 0) break;
      for (let at = 0; at < bytesRead; at += stepBytes) {
        const step = memory.subarray(at, Math.min(at + stepBytes, bytesRead));
        sizes.stored += step.length;
        const damage = decoder.push(step);
        refusal ??= damage === undefined ? undefined : { kind: "malformed", reason: damage };
        if (refusal !== undefined) return archiveError(path, refusal);
        await reader.settle();
        if (signal.aborted) return { code: "cancelled" };
      }
    }
    const damage = decoder.finish();
    if (refusal !== undefined) return archiveError(path, refusal);
    return damage === undefined
      ? undefined
      : archiveError(path, { kind: "malformed", reason: damage });
  } finally {
    decoder.close();
  }
}

function expansionRefusal({
  stored,
  decoded,
}: {
  readonly stored: number;
  readonly decoded: number;
}): TarRefusal | undefined {
  const { tarBytes, freeBytes, expansionRatio } = defaultLimits;
  if (decoded > tarBytes) return { kind: "limit", limit: `${tarBytes} unpacked bytes` };
  return decoded > freeBytes && decoded > stored * expansionRatio
    ? { kind: "limit", limit: `${expansionRatio} times its size when unpacked` }
    : undefined;
}
