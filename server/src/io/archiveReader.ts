import type { ImageError } from "../core/image/imageError.ts";
import type { LayerEntry } from "../core/image/layerEntry.ts";
import { blockBytes } from "../core/image/tarFields.ts";
import { createTarStream, type TarStream } from "../core/image/tarStream.ts";
import type { TarRefusal } from "../core/image/tarParser.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { isCompressed } from "./imageFiles.ts";
import type { ReadOptions, ReceivedLayer } from "./layerReader.ts";
import { defaultLimits } from "./limits.ts";
import { openLayerHere, openLayerInThread, type ReceivingLayer } from "./receivingLayer.ts";
import { archiveError, archiveLimits, entryName, isTarHeader, linkTargetOf } from "./tarFiles.ts";
import { type ThreadStock, createThreadStock } from "./threadStock.ts";

/** What came by under one name of an archive that was read as a stream. */
export type StreamedFile =
  | { readonly kind: "document"; readonly bytes: Uint8Array }
  | {
      readonly kind: "blob";
      readonly blobBytes: number;
      readonly isCompressed: boolean;
      /** Absent for a layer that was not wanted and for what is no layer. */
      readonly layer?: Result<ReceivedLayer, ImageError>;
    }
  | { readonly kind: "link"; readonly target: string };

/** How an archive is read while its bytes arrive. */
export interface ArchiveReaderOptions extends ReadOptions {
  /** The archive for people. */
  readonly place: string;
  /** Whether the layer in the file of this name is to be read; asked when its first bytes are there. */
  readonly isWanted: (name: string) => boolean;
  /** For progress; undefined where not known yet. */
  readonly layerCount: number;
  /** Bytes that will come; undefined where not known. */
  readonly totalBytes: number | undefined;
  /** Whether the sender holds layers against their diffIds: plain ones are not hashed again then, and read on the spot. */
  readonly isProven: boolean;
}

/** Reads an archive of an image from a stream: documents are kept, layers are read by workers while they arrive, nothing is written to disk. */
export interface ArchiveReader {
  /** Takes the next bytes of the uncompressed archive; the chunk is not kept. */
  push(chunk: Uint8Array): TarRefusal | undefined;
  /** Resolves when the workers have room for more; undefined when they have it now. */
  settle(): Promise<void> | undefined;
  /** Whether nothing more is to come that matters. */
  isEnded(): boolean;
  /** Call after the last byte. By name, through `findStreamed`. */
  finish(): Promise<Result<ReadonlyMap<string, StreamedFile>, ImageError>>;
  /** Lets go of the workers; safe at any time. */
  abort(): void;
}

/** A reader at the beginning of its archive. */
export function createArchiveReader(options: ArchiveReaderOptions): ArchiveReader {
  const threads = createThreadStock();
  if (options.layerCount > 0 && !options.isProven) threads.prepare(0);
  const state: State = {
    options,
    files: new Map(),
    entries: 0,
    documentBytes: 0,
    body: undefined,
    waits: [],
    running: new Set(),
    layers: new Set(),
    threads,
    layersDone: 0,
    toldMs: Number.NEGATIVE_INFINITY,
  };
  const tar = createTarStream(
    {
      entry: (entry, storedBytes) => beginEntry(state, entry, storedBytes),
      body: (chunk, start, end) => takeBody(state, chunk.subarray(start, end)),
      bodyEnd: () => endBody(state),
    },
    archiveLimits.tar,
  );
  return {
    push: (chunk) => tar.push(chunk),
    settle: () => settle(state, tar),
    isEnded: () => tar.isEnded(),
    finish: () => finish(state, tar),
    abort: () => abort(state),
  };
}

function abort(state: State): void {
  for (const layer of state.layers) layer.abort();
  state.layers.clear();
  state.threads.close();
}

interface State {
  readonly options: ArchiveReaderOptions;
  readonly files: Map<string, StreamedFile>;
  entries: number;
  documentBytes: number;
  body: Body | undefined;
  /** Pushes that workers have not taken yet. */
  waits: Promise<void>[];
  /** Layers whose last bytes are with their workers. */
  readonly running: Set<Promise<void>>;
  readonly layers: Set<ReceivingLayer>;
  /** Layers come one after the other, and so do their threads. */
  readonly threads: ThreadStock;
  layersDone: number;
  /** When progress was told last. */
  toldMs: number;
}

/** The file that is arriving. Its first bytes decide what it is. */
interface Body {
  readonly name: string;
  readonly storedBytes: number;
  /** What has arrived and is not passed on: all of a document, the head of anything. */
  batch: Uint8Array;
  filled: number;
  role: "undecided" | "document" | "passed" | ReceivingLayer;
  isCompressed: boolean;
}

const maxDocumentsBytes = 64 * 1024 * 1024;

function beginEntry(state: State, entry: LayerEntry, storedBytes: number): TarRefusal | undefined {
  state.entries += 1;
  if (state.entries > archiveLimits.entries) {
    return { kind: "limit", limit: `${archiveLimits.entries} files` };
  }
  state.body = undefined;
  const name = entryName(entry);
  if (name === undefined) return undefined;
  const target = linkTargetOf(name, entry);
  if (target !== undefined) state.files.set(name, { kind: "link", target });
  else if (entry.kind === "file") {
    state.body = {
      name,
      storedBytes,
      batch: new Uint8Array(Math.min(storedBytes, blockBytes)),
      filled: 0,
      role: "undecided",
      isCompressed: false,
    };
  }
  return undefined;
}

function takeBody(state: State, chunk: Uint8Array): void {
  const { body } = state;
  for (let at = 0; body !== undefined && body.role !== "passed" && at < chunk.length;) {
    if (typeof body.role === "object") return pass(state, body.role, chunk.subarray(at));
    const taken = chunk.subarray(at, at + body.batch.length - body.filled);
    body.batch.set(taken, body.filled);
    body.filled += taken.length;
    at += taken.length;
    if (body.filled === body.batch.length && body.role === "undecided") decide(state, body);
  }
}

function pass(state: State, layer: ReceivingLayer, chunk: Uint8Array): void {
  const wait = layer.take(chunk);
  if (wait !== undefined) state.waits.push(wait);
}

/** The head is there: time to decide what the file is. */
function decide(state: State, body: Body): void {
  const head = body.batch;
  body.isCompressed = isCompressed(head);
  const isLayer = body.isCompressed || isTarHeader(head);
  if (isLayer && state.options.isWanted(body.name)) {
    const layer = openLayer(state, body);
    state.layers.add(layer);
    body.role = layer;
    pass(state, layer, head);
  } else if (!isLayer && isKept(state, body)) {
    body.role = "document";
    state.documentBytes += body.storedBytes;
    body.batch = new Uint8Array(body.storedBytes);
    body.batch.set(head);
  } else {
    body.role = "passed";
  }
}

function openLayer({ options, threads }: State, body: Body): ReceivingLayer {
  const { name, storedBytes, isCompressed: isPacked } = body;
  const { limits = defaultLimits, cacheFolder, isProven } = options;
  return isProven && !isPacked
    ? openLayerHere(name, { limits, isCached: cacheFolder !== undefined })
    : openLayerInThread(name, storedBytes, { ...options, threads });
}

/** Whether the file may be a manifest or config: short, and not one too many of them. */
function isKept(state: State, { storedBytes }: Body): boolean {
  return (
    storedBytes <= defaultLimits.jsonBytes && state.documentBytes + storedBytes <= maxDocumentsBytes
  );
}

function endBody(state: State): void {
  const { body } = state;
  state.body = undefined;
  if (body === undefined) return;
  const { name, role, storedBytes } = body;
  if (role === "document" || storedBytes === 0) {
    state.files.set(name, { kind: "document", bytes: body.batch });
    return;
  }
  const blob = { kind: "blob", blobBytes: storedBytes, isCompressed: body.isCompressed } as const;
  state.files.set(name, blob);
  if (typeof role !== "object") return;
  const run: Promise<void> = role.finish().then((layer) => {
    state.files.set(name, { ...blob, layer });
    state.layersDone += 1;
    state.layers.delete(role);
    state.running.delete(run);
  });
  // Whoever waits for the layers hears of a broken thread; after an abort nobody does.
  run.catch(() => undefined);
  state.running.add(run);
}

/** So many layers may be with workers at once; what arrives is one after the other anyway. */
const maxRunning = 2;

const progressMs = 100;

function settle(state: State, tar: TarStream): Promise<void> | undefined {
  tellProgress(state, tar);
  const isFull = state.waits.length > 0 || state.running.size > maxRunning;
  return isFull ? settleWorkers(state) : undefined;
}

async function settleWorkers(state: State): Promise<void> {
  const { waits, running } = state;
  state.waits = [];
  await Promise.all(waits);
  while (running.size > maxRunning) await Promise.race(running);
}

function tellProgress(state: State, tar: TarStream): void {
  const { options } = state;
  const nowMs = performance.now();
  if (nowMs - state.toldMs < progressMs) return;
  state.toldMs = nowMs;
  options.onProgress?.({
    layersDone: Math.min(state.layersDone, options.layerCount),
    layerCount: options.layerCount,
    bytesRead: tar.tarBytes(),
    totalBytes: options.totalBytes,
  });
}

async function finish(
  state: State,
  tar: TarStream,
): Promise<Result<ReadonlyMap<string, StreamedFile>, ImageError>> {
  const { place, signal } = state.options;
  const end = tar.finish();
  if (end.kind !== "finished") {
    abort(state);
    return fail(archiveError(place, end));
  }
  await settle(state, tar);
  await Promise.all(state.running);
  state.threads.close();
  return signal.aborted ? fail({ code: "cancelled" }) : succeed(state.files);
}
