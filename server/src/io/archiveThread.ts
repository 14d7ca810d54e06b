import { Worker } from "node:worker_threads";
import type { ImageError } from "../core/image/imageError.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import type { StreamedFile } from "./archiveReader.ts";
import type { ArchiveMessage, ArchiveTask } from "./archiveTask.ts";
import type { ArchiveWorkerData } from "./archiveWorker.ts";
import type { ReadOptions } from "./layerReader.ts";

/** Reads an archive in a thread of its own; aborting the signal ends the thread with all it started. */
export function readArchiveInThread(
  task: ArchiveTask,
  { signal, onProgress }: Pick<ReadOptions, "signal" | "onProgress">,
): Promise<Result<ReadonlyMap<string, StreamedFile>, ImageError>> {
  if (signal.aborted) return Promise.resolve(fail({ code: "cancelled" }));
  const data: ArchiveWorkerData = { role: "archive", task };
  const worker = new Worker(workerEntry(), { workerData: data });
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      void worker.terminate();
      resolve(fail({ code: "cancelled" }));
    };
    signal.addEventListener("abort", cancel, { once: true });
    worker.on("message", (message: ArchiveMessage) => {
      if (message.kind === "progress") onProgress?.(message.progress);
      else resolve(message.result.ok ? succeed(new Map(message.result.value)) : message.result);
    });
    worker.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_WORKER_OUT_OF_MEMORY") resolve(fail(pastMemory(task.place)));
      else reject(error);
    });
    worker.on("exit", () => {
      signal.removeEventListener("abort", cancel);
      reject(new Error("the thread that reads an archive ended without a word"));
    });
  });
}

function pastMemory(where: string): ImageError {
  return { code: "limit-exceeded", limit: "a worker thread's memory", where };
}

/** The sources start a small file of their own; the bundle is one file, which finds out by `isArchiveWorker` what it is to do. */
function workerEntry(): URL {
  const isSource = import.meta.url.endsWith(".ts");
  return new URL(isSource ? "./archiveWorkerEntry.ts" : import.meta.url, import.meta.url);
}
