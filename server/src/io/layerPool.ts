import type { LayerMessage, LayerTask } from "./layerTasks.ts";
import { type LayerThread, type ThreadListener, startLayerThread } from "./layerWorkers.ts";

/** Some threads that share a list of tasks. */
export interface LayerPool {
  /** Runs the task when a thread is free; the listener hears what it says. Nothing is heard after `end`. */
  run(task: LayerTask, listener: ThreadListener): void;
  /** Ends each thread when it has finished, what it still writes to the cache included. No task may follow. */
  close(): void;
  /** Ends all threads in the middle of whatever they do. */
  end(): void;
}

/** A pool that starts its threads when they are needed, at most `size`. */
export function openLayerPool(size: number): LayerPool {
  const pool: Pool = { size, threads: new Set(), idle: [], waiting: [], isClosed: false };
  return {
    run(task, listener) {
      pool.waiting.push({ task, listener });
      serve(pool);
    },
    close() {
      pool.isClosed = true;
      for (const thread of pool.idle) endThread(pool, thread);
    },
    end() {
      pool.isClosed = true;
      pool.waiting.length = 0;
      for (const { thread } of pool.threads) thread.end();
      pool.threads.clear();
    },
  };
}

interface Pool {
  readonly size: number;
  readonly threads: Set<PooledThread>;
  readonly idle: PooledThread[];
  readonly waiting: Job[];
  isClosed: boolean;
}

interface PooledThread {
  readonly thread: LayerThread;
  job: Job | undefined;
}

interface Job {
  readonly task: LayerTask;
  readonly listener: ThreadListener;
}

function serve(pool: Pool): void {
  while (pool.waiting.length > 0) {
    const free = pool.idle.pop() ?? (pool.threads.size < pool.size ? addThread(pool) : undefined);
    if (free === undefined) return;
    free.job = pool.waiting.shift();
    if (free.job !== undefined) free.thread.post(free.job.task);
  }
}

function addThread(pool: Pool): PooledThread {
  const pooled: PooledThread = {
    job: undefined,
    thread: startLayerThread({
      message: (message) => hear(pool, pooled, message),
      broken(error) {
        endThread(pool, pooled);
        pooled.job?.listener.broken(error);
      },
    }),
  };
  pool.threads.add(pooled);
  return pooled;
}

function hear(pool: Pool, pooled: PooledThread, message: LayerMessage): void {
  if (!pool.threads.has(pooled)) return;
  pooled.job?.listener.message(message);
  if (message.kind !== "idle") return;
  pooled.job = undefined;
  pool.idle.push(pooled);
  serve(pool);
  if (pool.isClosed && pooled.job === undefined) endThread(pool, pooled);
}

function endThread(pool: Pool, pooled: PooledThread): void {
  pool.threads.delete(pooled);
  pooled.thread.end();
}
