import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { LayerMessage, LayerTask } from "./layerTasks.ts";
import { layerWorkerRole } from "./layerWorker.ts";
import { threadEntry } from "./threadEntry.ts";
import { buffersOf } from "./transfer.ts";

/** One thread that reads layers. */
export interface LayerThread {
  /** Hands a task over; its columns move to the thread. */
  readonly post: (task: LayerTask) => void;
  /** Ends the thread in the middle of whatever it does; safe to call twice. */
  readonly end: () => void;
  /** Whether the process waits for it; at first it does. */
  readonly keepAlive: (wanted: "yes" | "no") => void;
}

/** Who listens to a thread. */
export interface ThreadListener {
  message(message: LayerMessage): void;
  /** The thread broke: a bug, or not enough memory. */
  broken(error: Error): void;
}

/** Starts a thread: takes about 50 ms, during which tasks wait. */
export function startLayerThread(listener: ThreadListener): LayerThread {
  const worker = new Worker(threadEntry("layerWorker"), {
    workerData: layerWorkerRole,
  });
  worker.on("message", (message: LayerMessage) => listener.message(message));
  worker.on("error", (error) => listener.broken(error));
  return {
    post: (task) => worker.postMessage(task, buffersOf(task)),
    end: () => void worker.terminate(),
    keepAlive: (wanted) => (wanted === "yes" ? worker.ref() : worker.unref()),
  };
}

/** How many threads are worth it for so many tasks; one at least, for layers that came as a stream are only put together. */
export function threadCountFor(tasks: number): number {
  return Math.max(1, Math.min(tasks, Math.max(2, availableParallelism()), mostThreads));
}

const mostThreads = 8;
