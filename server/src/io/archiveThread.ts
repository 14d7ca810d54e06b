import { Worker } from "node:worker_threads";
import type { ImageError } from "../core/image/imageError.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import type { StreamedFile } from "./archiveReader.ts";
import type { ArchiveMessage, ArchiveTask, PartTask } from "./archiveTask.ts";
import type { ArchiveWorkerData } from "./archiveWorker.ts";
import type { ReadOptions } from "./layerReader.ts";
import { threadEntry } from "./threadEntry.ts";

/** Reads an archive in a thread of its own; aborting the signal ends the thread with all it started. */
export function readArchiveInThread(
  task: ArchiveTask,
  { signal, onProgress }: Pick<ReadOptions, "signal" | "onProgress">,
): Promise<Result<ReadonlyMap<string, StreamedFile>, ImageError>> {
  return runInThread({ role: "archive", task }, signal, (message) => {
    if (message.kind === "progress") onProgress?.(message.progress);
    if (message.kind !== "done") return undefined;
    return message.result.ok ? succeed(new Map(message.result.value)) : message.result;
  });
}

/** Reads a part of one layer of an archive in a thread of its own, which ends as soon as the part came, or the signal is aborted. */
export function readPartOfArchive(
  part: PartTask,
  signal: AbortSignal,
): Promise<Result<Uint8Array, ImageError>> {
  return runInThread({ role: "archive", part }, signal, (message) =>
    message.kind === "part" ? message.result : undefined,
  );
}

function runInThread<T>(
  data: ArchiveWorkerData,
  signal: AbortSignal,
  answerIn: (message: ArchiveMessage) => Result<T, ImageError> | undefined,
): Promise<Result<T, ImageError>> {
  if (signal.aborted) return Promise.resolve(fail({ code: "cancelled" }));
  const worker = new Worker(threadEntry("archiveWorker"), { workerData: data });
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      void worker.terminate();
      resolve(fail({ code: "cancelled" }));
    };
    signal.addEventListener("abort", cancel, { once: true });
    worker.on("message", (message: ArchiveMessage) => {
      const answer = answerIn(message);
      if (answer !== undefined) resolve(answer);
    });
    worker.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_WORKER_OUT_OF_MEMORY") resolve(fail(pastMemory(data)));
      else reject(error);
    });
    worker.on("exit", () => {
      signal.removeEventListener("abort", cancel);
      reject(new Error("the thread that reads an archive ended without a word"));
    });
  });
}

function pastMemory({ task, part }: ArchiveWorkerData): ImageError {
  const where = (task ?? part)?.place ?? "";
  return { code: "limit-exceeded", limit: "a worker thread's memory", where };
}
