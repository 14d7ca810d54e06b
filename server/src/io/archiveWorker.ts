import { open, type FileHandle } from "node:fs/promises";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { shortDigest } from "../core/image/digest.ts";
import type { ImageError } from "../core/image/imageError.ts";
import type { TarRefusal } from "../core/image/tarParser.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { promptMs, rehearseExport } from "./exportRehearsal.ts";
import { createPartReader } from "./archivePart.ts";
import { createArchiveReader, type ArchiveReader } from "./archiveReader.ts";
import type {
  ArchiveMessage,
  ArchiveSource,
  ArchiveTask,
  ExportSource,
  PackedSource,
  PartTask,
  StreamedEntries,
  WantedFiles,
} from "./archiveTask.ts";
import { createDecoder } from "./decoder.ts";
import { toImageError } from "./engineAnswers.ts";
import type { EngineFailure } from "./engineRequest.ts";
import { downloadFromSocket, type TakePiece } from "./socketDownload.ts";
import { unreadable } from "./layerErrors.ts";
import { defaultLimits } from "./limits.ts";
import { archiveError } from "./tarFiles.ts";
import { buffersOf } from "./transfer.ts";

/** What `workerData` is for a thread that reads one archive. */
export interface ArchiveWorkerData {
  readonly role: "archive";
  /** One of the two. */
  readonly task?: ArchiveTask;
  readonly part?: PartTask;
}

/** Whether this thread was started to read an archive, so that `runArchiveWorker` is all it has to do. */
export function isArchiveWorker(): boolean {
  return !isMainThread && isArchiveData(workerData);
}

/** Reads the archive it was started for, says what came of it, and ends. */
export function runArchiveWorker(): void {
  const port = parentPort;
  const data: unknown = workerData;
  if (port === null || !isArchiveData(data)) return;
  const say = (message: ArchiveMessage): void => port.postMessage(message, buffersOf(message));
  const { task, part } = data;
  if (task !== undefined) {
    void readArchive(task, say).then((result) => say({ kind: "done", result }));
  }
  if (part !== undefined) void readPart(part).then((result) => say({ kind: "part", result }));
}

function isArchiveData(data: unknown): data is ArchiveWorkerData {
  return typeof data === "object" && data !== null && "role" in data && data.role === "archive";
}

async function readArchive(
  task: ArchiveTask,
  say: (message: ArchiveMessage) => void,
): Promise<Result<StreamedEntries, ImageError>> {
  const { source, place, wanted, layerCount, isProven, cacheFolder, limits } = task;
  // Nobody aborts in here: who gives up ends the thread.
  const { signal } = new AbortController();
  const reader = createArchiveReader({
    signal,
    place,
    layerCount,
    isProven,
    totalBytes: undefined,
    isWanted: wantedBy(wanted),
    onProgress: (progress) => say({ kind: "progress", progress }),
    ...(cacheFolder === undefined ? {} : { cacheFolder }),
    ...(limits === undefined ? {} : { limits }),
  });
  const trouble = await pump(source, place, reader, signal);
  if (trouble !== undefined) {
    reader.abort();
    return fail(trouble);
  }
  const files = await reader.finish();
  return files.ok ? succeed([...files.value]) : files;
}

/** Where the bytes of an archive go. */
type ArchiveIntake = Pick<ArchiveReader, "push" | "settle" | "isEnded">;

async function readPart({
  source,
  place,
  wanted,
  limits,
}: PartTask): Promise<Result<Uint8Array, ImageError>> {
  const { signal } = new AbortController();
  const reader = createPartReader(wanted, limits ?? defaultLimits);
  const intake = { push: reader.push, settle: () => undefined, isEnded: () => false };
  const trouble = await pump(source, place, intake, signal);
  const bytes = reader.bytes();
  reader.close();
  if (bytes !== undefined) return succeed(bytes);
  return fail(trouble ?? unreadable(shortDigest(wanted.diffId), `it is not in ${place}`));
}

function pump(
  source: ArchiveSource,
  place: string,
  intake: ArchiveIntake,
  signal: AbortSignal,
): Promise<ImageError | undefined> {
  return source.kind === "export"
    ? pumpExport(source, place, intake, signal)
    : pumpFile(source, intake);
}

function wantedBy(wanted: WantedFiles): (name: string) => boolean {
  if (wanted.kind === "names") {
    const names = new Set(wanted.names);
    return (name) => names.has(name);
  }
  const known = new Set(wanted.known);
  // Since Docker 25 plain layers are called by their diffId.
  return (name) => !known.has(`sha256:${name.slice(name.lastIndexOf("/") + 1)}`);
}

async function pumpExport(
  { endpoint, timeouts, path, query, reference }: ExportSource,
  place: string,
  reader: ArchiveIntake,
  signal: AbortSignal,
): Promise<ImageError | undefined> {
  let refusal: TarRefusal | undefined;
  let hasCome = false;
  const rehearsal = setTimeout(() => void rehearseExport(() => hasCome), promptMs);
  const take: TakePiece = (chunk) => {
    hasCome = true;
    refusal ??= reader.push(chunk);
    // An engine tidies up before it ends the answer: nobody need wait for that.
    return refusal !== undefined || reader.isEnded() ? "enough" : reader.settle();
  };
  const trouble = await download({ endpoint, timeouts, path, query, reference }, take, signal);
  clearTimeout(rehearsal);
  if (refusal !== undefined) return archiveError(place, refusal);
  return reader.isEnded() ? undefined : trouble;
}

async function download(
  { endpoint, timeouts, path, query, reference }: Omit<ExportSource, "kind">,
  take: TakePiece,
  signal: AbortSignal,
): Promise<ImageError | undefined> {
  const { address, connection } = endpoint;
  if (connection.kind === "socket") {
    const request = { socketPath: connection.path, path, query };
    const { silenceMs } = timeouts;
    const end = await downloadFromSocket(request, take, { signal, silenceMs });
    if (end !== "refused") return end.ok ? undefined : unreachable(address, end.error);
  }
  // Most exports come over a socket, and need none of the library.
  const { connectEndpoint } = await import("./dockerEngine.ts");
  const engine = await connectEndpoint(endpoint, signal, timeouts);
  if (!engine.ok) return engine.error;
  const response = await engine.value.openStream(path, query, signal);
  if (!response.ok) return toImageError(engine.value, reference, response.error);
  const stream = response.value;
  const end = await stream.pump((chunk) => {
    const next = take(chunk);
    if (next !== "enough") return next;
    stream.close();
    return undefined;
  });
  return end.ok ? undefined : toImageError(engine.value, reference, end.error);
}

function unreachable(endpoint: string, { isCancelled, reason }: EngineFailure): ImageError {
  return isCancelled ? { code: "cancelled" } : { code: "engine-unreachable", endpoint, reason };
}

/** So much is read from the file at once, and so much of it is decoded before the layers' threads are waited for: what it grows to is all in memory. */
const fileBytes = 256 * 1024;
const stepBytes = 16 * 1024;

async function pumpFile(
  source: PackedSource,
  reader: ArchiveIntake,
): Promise<ImageError | undefined> {
  const handle = await open(source.path);
  try {
    return await decode(source, handle, reader);
  } finally {
    await handle.close();
  }
}

async function decode(
  { path, compression }: PackedSource,
  handle: FileHandle,
  reader: ArchiveIntake,
): Promise<ImageError | undefined> {
  const sizes = { stored: 0, decoded: 0 };
  let refusal: TarRefusal | undefined;
  const decoder = createDecoder(compression, (chunk) => {
    sizes.decoded += chunk.length;
    refusal ??= expansionRefusal(sizes) ?? reader.push(chunk);
    return refusal === undefined;
  });
  const memory = new Uint8Array(fileBytes);
  const damaged = (damage: string | undefined): ImageError | undefined => {
    refusal ??= damage === undefined ? undefined : { kind: "malformed", reason: damage };
    return refusal === undefined ? undefined : archiveError(path, refusal);
  };
  try {
    for (;;) {
      const { bytesRead } = await handle.read(memory, 0, fileBytes, sizes.stored);
      if (bytesRead === 0) return damaged(decoder.finish());
      for (let at = 0; at < bytesRead; at += stepBytes) {
        const step = memory.subarray(at, Math.min(at + stepBytes, bytesRead));
        sizes.stored += step.length;
        const trouble = damaged(decoder.push(step));
        if (trouble !== undefined) return trouble;
        await reader.settle();
      }
    }
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
