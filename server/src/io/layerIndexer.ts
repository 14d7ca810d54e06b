import { createHash } from "node:crypto";
import { createBodyWatcher } from "../core/image/bodyWatcher.ts";
import type { DiffId } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import {
  type LayerBuilder,
  createLayerBuilder,
  finishLayer,
  noteContentHash,
} from "../core/image/layerBuilder.ts";
import type { LayerIndex } from "../core/image/layerIndex.ts";
import type { TarRefusal } from "../core/image/tarParser.ts";
import { type TarListener, createTarStream } from "../core/image/tarStream.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { type ContentHasher, contentHashOf, createContentHasher } from "./contentHash.ts";
import { memoryToHashIn } from "./hashMemory.ts";
import { createDecoder, sniffCompression, sniffedBytes } from "./decoder.ts";
import type { Decoder } from "./decoding.ts";
import { addWithin, bytesRefusal, takeWithin } from "./entryLimits.ts";
import { tarError, unreadable, unsupportedCompression } from "./layerErrors.ts";
import type { Limits } from "./limits.ts";
import { borrowArena, returnArena } from "./threadArena.ts";

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
export function createLayerIndexer(options: IndexerOptions): LayerIndexer {
  const { name } = options;
  let head: Uint8Array = new Uint8Array(0);
  let decoder: Decoder | undefined;
  let intake: TarIntake | undefined;
  let storedBytes = 0;
  const start = (): ImageError | undefined => {
    const compression = sniffCompression(head);
    if (typeof compression !== "string") {
      return unsupportedCompression(name, compression.unsupported);
    }
    const to = createIntake(options, () => storedBytes);
    intake = to;
    decoder = createDecoder(compression, (chunk) => to.take(chunk), memoryToHashIn());
    return feed(decoder, to, head);
  };
  const feed = (to: Decoder, into: TarIntake, stored: Uint8Array): ImageError | undefined => {
    storedBytes += stored.length;
    const problem = to.push(stored);
    const refusal = into.refusal();
    if (refusal !== undefined) return tarError(name, refusal);
    return problem === undefined ? undefined : unreadable(name, problem);
  };
  return {
    push(chunk) {
      if (decoder !== undefined && intake !== undefined) return feed(decoder, intake, chunk);
      head = Buffer.concat([head, chunk]);
      return head.length < sniffedBytes ? undefined : start();
    },
    finish() {
      const error = decoder === undefined ? start() : undefined;
      const problem = decoder?.finish();
      if (error !== undefined) return fail(error);
      if (problem !== undefined) return fail(unreadable(name, problem));
      return intake?.finish() ?? fail(unreadable(name, "nothing of it came"));
    },
    close() {
      decoder?.close();
      intake?.close();
    },
  };
}

/** Where decoded bytes go. */
interface TarIntake {
  take(chunk: Uint8Array): boolean;
  refusal(): TarRefusal | undefined;
  finish(): Result<ReadLayer, ImageError>;
  close(): void;
}

function createIntake(
  { name, limits, digest }: IndexerOptions,
  storedBytes: () => number,
): TarIntake {
  let arena = borrowArena();
  const builder = createLayerBuilder(arena);
  const sha256 = digest === "computed" ? createHash("sha256") : undefined;
  const tar = createTarStream(createListener(builder, limits, createContentHasher()), limits);
  let refusal: TarRefusal | undefined;
  return {
    take(chunk) {
      sha256?.update(chunk);
      refusal ??=
        tar.push(chunk) ??
        bytesRefusal(tar.tarBytes(), limits) ??
        expansionRefusal(tar.tarBytes(), storedBytes(), limits);
      return refusal === undefined;
    },
    refusal: () => refusal,
    finish() {
      const end = refusal ?? tar.finish();
      if (end.kind !== "finished") return fail(tarError(name, end));
      const diffId = sha256 === undefined ? undefined : `sha256:${sha256.digest("hex")}`;
      return succeed({
        index: finishLayer(builder, tar.tarBytes()),
        diffId,
        isMarked: end.isMarked,
      });
    },
    close() {
      returnArena(arena);
      arena = undefined;
    },
  };
}

function createListener(builder: LayerBuilder, limits: Limits, hasher: ContentHasher): TarListener {
  const watcher = createBodyWatcher(builder);
  let handle = -1;
  let isRead = false;
  let bytes = 0;
  let isInPieces = false;
  return {
    take(memory, at, offset) {
      const start = offset - at;
      const piece = { memory, start, end: start + memory.length };
      return takeWithin(limits, builder, piece, offset, Number.MAX_SAFE_INTEGER);
    },
    entry(entry, storedBytes) {
      const added = addWithin(limits, builder, entry);
      if (typeof added !== "number") return added;
      handle = added;
      isRead = added >= 0 && entry.kind === "file" && !entry.isSparse;
      if (!isRead) return undefined;
      bytes = storedBytes;
      isInPieces = false;
      watcher.begin(handle, entry);
      return undefined;
    },
    body(chunk, start, end) {
      if (!isRead) return;
      if (end - start === bytes) {
        noteContentHash(builder, handle, contentHashOf(chunk, start, end));
      } else {
        if (!isInPieces) hasher.begin();
        isInPieces = true;
        hasher.add(chunk, start, end);
      }
      watcher.take(chunk, start, end);
    },
    bodyEnd() {
      if (!isRead) return;
      if (isInPieces) noteContentHash(builder, handle, hasher.end());
      watcher.end();
    },
  };
}

function expansionRefusal(
  tarBytes: number,
  storedBytes: number,
  { expansionRatio, freeBytes }: Limits,
): TarRefusal | undefined {
  if (tarBytes < freeBytes || tarBytes < storedBytes * expansionRatio) return undefined;
  return { kind: "limit", limit: `${expansionRatio} uncompressed bytes for each stored one` };
}
