import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { LayerMessage, LayerTask } from "./layerTasks.ts";
import { layerWorkerRole } from "./layerWorker.ts";
import { buffersOf } from "./transfer.ts";

/** One thread that reads layers. It keeps the process alive only while it is busy. */
export interface LayerThread {
  /** Hands a task over; its columns move to the thread. */
  readonly post: (task: LayerTask) => void;
  /** Ends the thread in the middle of whatever it does; safe to call twice. */
  readonly end: () => void;
}

/** Who listens to a thread. */
export interface ThreadListener {
  message(message: LayerMessage): void;
  /** The thread broke: a bug, or not enough memory. */
  broken(error: Error): void;
}

/** Starts a thread: takes about 50 ms, during which tasks wait. */
export function startLayerThread(listener: ThreadListener): LayerThread {
  const worker = new Worker(workerEntry(), { workerData: layerWorkerRole, resourceLimits });
  worker.on("message", (message: LayerMessage) => listener.message(message));
  worker.on("error", (error) => listener.broken(error));
  return {
    post: (task) => worker.postMessage(task, buffersOf(task)),
    end: () => void worker.terminate(),
  };
}

/** Columns that grow are garbage of a few megabytes each: with more room for young objects the collector runs less often, and peak memory is no higher. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 };

/** A thread that may read another layer after this one. */
export interface StockedThread extends LayerThread {
  /** It is idle and may be used for another; nothing more is heard of it here. */
  readonly rest: () => void;
}

/** Threads that are handed on from one layer to the next: to start one takes longer than to read most layers. */
export interface ThreadStock {
  start(listener: ThreadListener): StockedThread;
  /** Ends idle threads now and the others when they rest. */
  close(): void;
}

/** A stock in which so many threads are being started. */
export function createThreadStock(readyThreads: number): ThreadStock {
  const idle: Stocked[] = [];
  let isClosed = false;
  const add = (): Stocked => {
    const stocked: Stocked = {
      listener: undefined,
      thread: startLayerThread({
        message: (message) => stocked.listener?.message(message),
        broken(error) {
          const at = idle.indexOf(stocked);
          if (at >= 0) idle.splice(at, 1);
          stocked.listener?.broken(error);
        },
      }),
    };
    return stocked;
  };
  for (let thread = 0; thread < readyThreads; thread += 1) idle.push(add());
  return {
    start(listener) {
      const stocked = idle.pop() ?? add();
      stocked.listener = listener;
      const { post, end } = stocked.thread;
      return {
        post,
        end,
        rest() {
          stocked.listener = undefined;
          if (isClosed) end();
          else idle.push(stocked);
        },
      };
    },
    close() {
      isClosed = true;
      for (const { thread } of idle.splice(0)) thread.end();
    },
  };
}

interface Stocked {
  listener: ThreadListener | undefined;
  readonly thread: LayerThread;
}

/** How many threads are worth it for so many tasks; one at least, for layers that came as a stream are only put together. */
export function threadCountFor(tasks: number): number {
  return Math.max(1, Math.min(tasks, Math.max(2, availableParallelism()), mostThreads));
}

const mostThreads = 8;

/** The sources start a small file of their own; the bundle is one file, which finds out by `isLayerWorker` what it is to do. */
function workerEntry(): URL {
  const isSource = import.meta.url.endsWith(".ts");
  return new URL(isSource ? "./layerWorkerEntry.ts" : import.meta.url, import.meta.url);
}
