import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { type DiffId, shortDigest } from "../core/image/digest.ts";
import { noEvidence } from "../core/image/evidence.ts";
import { decodeEvidence, encodeEvidence } from "../core/image/evidenceCodec.ts";
import { decodeLayer, encodeLayer, layerCodecVersion } from "../core/image/layerCodec.ts";
import type { ImageError } from "../core/image/imageError.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import type { MergedLayer, MergedLayers } from "../core/image/merge.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import {
  forget,
  forgetSync,
  isKept,
  keep,
  keepSync,
  readKept,
  readKeptSync,
} from "./cacheFolder.ts";
import { isPacked, packColumns, packedHeadBytes, unpackColumns } from "./columnFile.ts";
import { refusalNow } from "./entryLimits.ts";
import type { LayerSource, StoredTar } from "./layerSource.ts";
import type { CachePlace } from "./layerTasks.ts";
import type { Limits } from "./limits.ts";

/** Names the shape of `MergedLayers` in the cache; to be raised with every change. */
const mergedVersion = 5;

/**
 * Under which name a layer is remembered. Where its bytes were held against the diffId that is enough; a layer in a file is told apart by
 * samples of its bytes too, so that an archive that lies about a diffId spoils nothing but itself.
 */
export async function layerKey(source: LayerSource): Promise<string> {
  if (source.kind === "cached" || source.kind === "indexed") return verifiedKey(source.diffId);
  const own = source.kind === "split" ? ["split"] : [];
  return hashOf([source.diffId, String(source.length), await sampleOf(source), ...own]);
}

/** The name of a layer whose bytes are known to have this digest. */
export function verifiedKey(diffId: DiffId): string {
  return hashOf([diffId, "verified"]);
}

/** The name of what layers make together, base first. */
export function imageKey(layerKeys: readonly string[]): string {
  return hashOf(layerKeys);
}

/** A remembered layer, refused where these limits do not allow it; undefined when there is none, or it is damaged. Blocks. */
export function loadLayer(
  { folder, key }: CachePlace,
  diffId: DiffId,
  limits: Limits,
): Result<LayerIndex, ImageError> | undefined {
  const name = layerName(key);
  const kept = readKeptSync(folder, name);
  if (kept === undefined) return undefined;
  const layer = unpackLayer(kept);
  if (layer === undefined) {
    forgetSync(folder, name);
    return undefined;
  }
  const refusal = refusalNow(shortDigest(diffId), layer, limits);
  return refusal === undefined ? succeed(layer) : fail(refusal);
}

/** The bytes under which `keepLayer` remembers a layer; to be made before its columns are moved to another thread. */
export function packLayer(layer: LayerIndex): Uint8Array {
  const body = encodeLayer(layer);
  const packed = new Uint8Array(layerHeadBytes + body.length);
  packed.set(body, layerHeadBytes);
  const head = new DataView(packed.buffer);
  head.setUint32(0, layerMagic, true);
  head.setUint32(4, crc32(body), true);
  return packed;
}

/** Remembers a layer. Blocks. */
export function keepLayer(folder: string, key: string, packed: Uint8Array): void {
  keepSync(folder, layerName(key), packed);
}

/** Remembers those layers from a stream that nobody has kept yet. */
export async function keepReceived(folder: string, sources: readonly LayerSource[]): Promise<void> {
  await Promise.all(
    sources.map(async (source) => {
      if (source.kind !== "indexed" || source.packed === undefined) return;
      await keep(folder, layerName(verifiedKey(source.diffId)), source.packed);
    }),
  );
}

/** Whether a layer is remembered; it may be forgotten at any time. */
export async function hasLayer(folder: string, key: string): Promise<boolean> {
  return isKept(folder, layerName(key));
}

/** What layers made together when they were last read; undefined when that is not known, or damaged. Never blocks for long. */
export async function loadMerged(folder: string, key: string): Promise<MergedLayers | undefined> {
  const kept = await readKept(folder, mergedName(key));
  if (kept === undefined) return undefined;
  if (isPacked(kept, mergedVersion, await crcInPortions(kept))) {
    return withEvidence(unpackColumns(kept) as PackedLayers);
  }
  await forget(folder, mergedName(key));
  return undefined;
}

/** The bytes under which `keepMerged` remembers an image; to be made before its columns are moved to another thread. */
export function packMerged(merged: MergedLayers): Uint8Array {
  const layers = merged.layers.map(({ evidence = noEvidence, ...layer }) => ({
    ...layer,
    evidence: encodeEvidence(evidence),
  }));
  const packed: PackedLayers = { ...merged, layers };
  return packColumns(packed, mergedVersion);
}

/** Remembers an image. Blocks. */
export function keepMerged(folder: string, key: string, packed: Uint8Array): void {
  keepSync(folder, mergedName(key), packed);
}

/** What is remembered of an image: evidence is thousands of small values, and would be slow as columns. */
type PackedLayers = Omit<MergedLayers, "layers"> & {
  readonly layers: readonly (Omit<MergedLayer, "evidence"> & { readonly evidence: Uint8Array })[];
};

function withEvidence(packed: PackedLayers): MergedLayers {
  const layers = packed.layers.map(({ evidence, ...layer }): MergedLayer => {
    const decoded = decodeEvidence(evidence);
    return decoded === undefined ? layer : { ...layer, evidence: decoded };
  });
  return { ...packed, layers };
}

const layerMagic = 0x5441524c;
const layerHeadBytes = 8;
const sampleBytes = 4096;
const sampleCount = 8;
const crcPortionBytes = 4 * 2 ** 20;

function unpackLayer(packed: Uint8Array): LayerIndex | undefined {
  if (packed.length < layerHeadBytes) return undefined;
  const head = new DataView(packed.buffer, packed.byteOffset, layerHeadBytes);
  const body = packed.subarray(layerHeadBytes);
  const isWhole = head.getUint32(0, true) === layerMagic && head.getUint32(4, true) === crc32(body);
  return isWhole ? decodeLayer(body) : undefined;
}

/** Head, tail and some places between; a file that cannot be read samples as nothing and will say so when it is read. */
async function sampleOf(source: StoredTar): Promise<string> {
  const { path, length } = source;
  const offset = source.kind === "split" ? 0 : source.offset;
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return "";
  try {
    const samples = await Promise.all(
      Array.from({ length: sampleCount }, async (_, at) => {
        const last = Math.max(0, length - sampleBytes);
        const position = Math.floor((last * at) / (sampleCount - 1));
        const buffer = new Uint8Array(Math.min(sampleBytes, length));
        await file.read(buffer, 0, buffer.length, offset + position);
        return buffer;
      }),
    );
    return samples
      .reduce((hash, sample) => hash.update(sample), createHash("sha256"))
      .digest("hex");
  } finally {
    await file.close();
  }
}

async function crcInPortions(kept: Uint8Array): Promise<number> {
  let crc = 0;
  for (let at = packedHeadBytes; at < kept.length; at += crcPortionBytes) {
    crc = crc32(kept.subarray(at, at + crcPortionBytes), crc);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return crc;
}

function hashOf(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}

/** With the version: that of an older Tare is another file, so that whoever looks whether a layer is there finds only what can be read. */
function layerName(key: string): string {
  return `layer-${layerCodecVersion}-${key}`;
}

function mergedName(key: string): string {
  return `image-${key}`;
}
