import type { LayerMessage, LayerTask } from "./layerTasks.ts";
import { ownThreads, type StockedThread, type ThreadStock } from "./threadStock.ts";

/** Some threads that share a list of tasks. */
export interface LayerPool {
  /** Runs the task when a thread is free, or when the one it must have is. Nothing is heard after `end`. */
  run(task: LayerTask, listener: TaskListener, on?: PooledThread): void;
  /** Lets go of each thread when it has finished, what it still writes to the cache included. No task may follow. */
  close(): void;
  /** Ends all threads in the middle of whatever they do. */
  end(): void;
}

/** Who listens to what comes of a task. */
export interface TaskListener {
  /** `thread` is where the task runs, for others that must run there too. */
  message(message: LayerMessage, thread: PooledThread): void;
  /** The thread broke: a bug, or not enough memory. */
  broken(error: Error): void;
}

/** A thread of a pool. */
export interface PooledThread {
  readonly thread: StockedThread;
  job: Job | undefined;
  /** What broke it. */
  error: Error | undefined;
}

/** A pool that takes its threads when they are needed, at most `size`; they are its own unless they come from a stock. */
export function openLayerPool(
  size: number,
  stock: Pick<ThreadStock, "start"> = ownThreads,
): LayerPool {
  const pool: Pool = { size, stock, threads: new Set(), waiting: [], isClosed: false };
  return {
    run(task, listener, on) {
      if (on?.error !== undefined) return listener.broken(on.error);
      pool.waiting.push({ task, listener, on });
      serve(pool);
    },
    close() {
      pool.isClosed = true;
      for (const thread of pool.threads) if (thread.job === undefined) leave(pool, thread);
    },
    end() {
      pool.isClosed = true;
      pool.waiting.length = 0;
      for (const thread of pool.threads) endThread(pool, thread);
    },
  };
}

interface Pool {
  readonly size: number;
  readonly stock: Pick<ThreadStock, "start">;
  readonly threads: Set<PooledThread>;
  readonly waiting: Job[];
  isClosed: boolean;
}

interface Job {
  readonly task: LayerTask;
  readonly listener: TaskListener;
  readonly on: PooledThread | undefined;
}

/** Gives waiting jobs to free threads, in order, and starts threads for those that any may do. */
function serve(pool: Pool): void {
  for (const thread of pool.threads) {
    if (thread.job === undefined) assign(pool, thread);
  }
  while (pool.threads.size < pool.size && pool.waiting.some(({ on }) => on === undefined)) {
    assign(pool, addThread(pool));
  }
}

function assign(pool: Pool, pooled: PooledThread): void {
  const at = pool.waiting.findIndex(({ on }) => on === undefined || on === pooled);
  if (at < 0) return;
  [pooled.job] = pool.waiting.splice(at, 1);
  if (pooled.job !== undefined) pooled.thread.post(pooled.job.task);
}

function addThread(pool: Pool): PooledThread {
  const pooled: PooledThread = {
    job: undefined,
    error: undefined,
    thread: pool.stock.start({
      message: (message) => hear(pool, pooled, message),
      broken: (error) => lose(pool, pooled, error),
    }),
  };
  pool.threads.add(pooled);
  return pooled;
}

/** Tells everyone who waits for the thread that nothing will come. */
function lose(pool: Pool, pooled: PooledThread, error: Error): void {
  endThread(pool, pooled);
  pooled.error = error;
  pooled.job?.listener.broken(error);
  for (const { on, listener } of pool.waiting) if (on === pooled) listener.broken(error);
}

function hear(pool: Pool, pooled: PooledThread, message: LayerMessage): void {
  if (!pool.threads.has(pooled)) return;
  pooled.job?.listener.message(message, pooled);
  if (message.kind !== "idle") return;
  pooled.job = undefined;
  serve(pool);
  if (pool.isClosed && pooled.job === undefined) leave(pool, pooled);
}

function leave(pool: Pool, pooled: PooledThread): void {
  pool.threads.delete(pooled);
  pooled.thread.rest();
}

function endThread(pool: Pool, pooled: PooledThread): void {
  pool.threads.delete(pooled);
  pooled.thread.end();
}
