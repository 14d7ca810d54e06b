import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { DiffId } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { type LayerBuilder, createLayerBuilder } from "../core/image/layerBuilder.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import type { TarRefusal } from "../core/image/tarParser.ts";
import { type TarListener, createTarStream } from "../core/image/tarStream.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { type Decoder, createDecoder, sniffCompression, sniffedBytes } from "./decoder.ts";
import { boundBuilder } from "./entryLimits.ts";
import { tarError, unreadable, unsupportedCompression } from "./layerErrors.ts";
import type { Limits } from "./limits.ts";

/** A layer read to its last byte. */
export interface ReadLayer {
  readonly index: LayerIndex;
  /** Digest of the uncompressed tar; undefined when it was not asked for. */
  readonly diffId: DiffId | undefined;
  /** Whether the zero blocks that end a tar were there. Without them only the digest can tell that nothing is missing. */
  readonly isMarked: boolean;
}

/** Indexes a layer of which the stored bytes come in portions; every content is hashed in passing. */
export interface LayerIndexer {
  /** Takes the next bytes as stored; the chunk is not kept. */
  push(chunk: Uint8Array): ImageError | undefined;
  finish(): Result<ReadLayer, ImageError>;
  /** Frees what is outside the heap; safe to call twice. */
  close(): void;
}

export interface IndexerOptions {
  /** Said in errors. */
  readonly name: string;
  readonly limits: Limits;
  /** The digest of the tar costs about as much as inflating it. */
  readonly digest: "computed" | "left out";
}

/** An indexer that finds out by itself how the bytes are stored. */
export function createLayerIndexer({ name, limits, digest }: IndexerOptions): LayerIndexer {
  const builder = createLayerBuilder();
  const sha256 = digest === "computed" ? createHash("sha256") : undefined;
  const tar = createTarStream(createListener(builder, limits), limits);
  let head: Uint8Array = new Uint8Array(0);
  let decoder: Decoder | undefined;
  let refusal: TarRefusal | undefined;
  let storedBytes = 0;

  const take = (chunk: Uint8Array): boolean => {
    sha256?.update(chunk);
    refusal ??= tar.push(chunk) ?? checkBytes(tar.tarBytes(), storedBytes, limits);
    return refusal === undefined;
  };
  const feed = (to: Decoder, stored: Uint8Array): ImageError | undefined => {
    storedBytes += stored.length;
    const problem = to.push(stored);
    if (refusal !== undefined) return tarError(name, refusal);
    return problem === undefined ? undefined : unreadable(name, problem);
  };
  const start = (): ImageError | undefined => {
    const compression = sniffCompression(head);
    if (typeof compression !== "string") {
      return unsupportedCompression(name, compression.unsupported);
    }
    decoder = createDecoder(compression, take);
    return feed(decoder, head);
  };
  return {
    push(chunk) {
      if (decoder !== undefined) return feed(decoder, chunk);
      head = Buffer.concat([head, chunk]);
      return head.length < sniffedBytes ? undefined : start();
    },
    finish() {
      const error = decoder === undefined ? start() : undefined;
      if (error !== undefined) return fail(error);
      const problem = decoder?.finish();
      if (problem !== undefined) return fail(unreadable(name, problem));
      const end = refusal ?? tar.finish();
      if (end.kind !== "finished") return fail(tarError(name, end));
      const diffId = sha256 === undefined ? undefined : `sha256:${sha256.digest("hex")}`;
      const index = builder.finish(tar.tarBytes());
      return succeed({ index, diffId, isMarked: end.isMarked });
    },
    close() {
      decoder?.close();
    },
  };
}

function createListener(builder: LayerBuilder, limits: Limits): TarListener {
  const bounded = boundBuilder(builder, limits);
  let handle = -1;
  let isHashed = false;
  let hash = 0;
  return {
    entry(entry, storedBytes) {
      const added = bounded.add(entry);
      if (typeof added !== "number") return added;
      handle = added;
      isHashed = added >= 0 && storedBytes > 0 && entry.kind === "file" && !entry.isSparse;
      hash = 0;
      return undefined;
    },
    body(chunk, start, end) {
      if (isHashed) hash = crc32(chunk.subarray(start, end), hash);
    },
    bodyEnd() {
      if (isHashed) builder.noteContentHash(handle, hash);
    },
  };
}

function checkBytes(
  tarBytes: number,
  storedBytes: number,
  { tarBytes: most, expansionRatio, freeBytes }: Limits,
): TarRefusal | undefined {
  if (tarBytes > most) return { kind: "limit", limit: `${most} uncompressed bytes` };
  if (tarBytes < freeBytes || tarBytes < storedBytes * expansionRatio) return undefined;
  return { kind: "limit", limit: `${expansionRatio} uncompressed bytes for each stored one` };
}
