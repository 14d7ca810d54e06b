import { type LayerThread, startLayerThread, type ThreadListener } from "./layerWorkers.ts";

/** A thread that may do something else after this. */
export interface StockedThread extends LayerThread {
  /** It is idle and may be used for another; nothing more is heard of it here. */
  readonly rest: () => void;
}

/** Threads that are handed on from one to the next: to start one takes longer than to read most layers, and than any one file. */
export interface ThreadStock {
  start(listener: ThreadListener): StockedThread;
  /** Starts a thread that waits for its first use, and rehearses so often before it; it is kept until then, or until the stock is closed. */
  prepare(rehearsals: number): void;
  /** Ends idle threads now and the others when they rest. */
  close(): void;
}

/** How many threads a stock has for nothing. */
export interface StockOptions {
  /** So many may be idle, the others end; any number unless given. */
  readonly idleThreads?: number;
  /** So long they may be idle; until the stock is closed unless given. */
  readonly idleMs?: number;
  /** Starts a thread; tests start none. */
  readonly startThread?: typeof startLayerThread;
}

/** A stock of threads. Idle ones do not keep the process alive. */
export function createThreadStock(options: StockOptions = {}): ThreadStock {
  const stock: Stock = { options, idle: [], isClosed: false };
  return {
    start(listener) {
      const stocked = stock.idle.pop() ?? startStocked(stock);
      clearTimeout(stocked.ending);
      stocked.listener = listener;
      stocked.thread.keepAlive("yes");
      return { ...stocked.thread, rest: () => rest(stock, stocked) };
    },
    prepare(rehearsals) {
      const stocked = startStocked(stock);
      for (let round = 0; round < rehearsals; round += 1) stocked.thread.post({ kind: "rehearse" });
      stock.idle.push(stocked);
      stocked.thread.keepAlive("no");
    },
    close() {
      stock.isClosed = true;
      for (const stocked of stock.idle.slice()) endIdle(stock, stocked);
    },
  };
}

/** Every use has a thread of its own, which ends with it. */
export const ownThreads: Pick<ThreadStock, "start"> = {
  start(listener) {
    const thread = startLayerThread(listener);
    return { ...thread, rest: thread.end };
  },
};

interface Stock {
  readonly options: StockOptions;
  readonly idle: Stocked[];
  isClosed: boolean;
}

interface Stocked {
  listener: ThreadListener | undefined;
  readonly thread: LayerThread;
  ending: NodeJS.Timeout | undefined;
}

function startStocked(stock: Stock): Stocked {
  const { startThread = startLayerThread } = stock.options;
  const stocked: Stocked = {
    listener: undefined,
    ending: undefined,
    thread: startThread({
      message: (message) => stocked.listener?.message(message),
      broken(error) {
        endIdle(stock, stocked);
        stocked.listener?.broken(error);
      },
    }),
  };
  return stocked;
}

function rest(stock: Stock, stocked: Stocked): void {
  stocked.listener = undefined;
  const { idleThreads = Number.POSITIVE_INFINITY, idleMs } = stock.options;
  if (stock.isClosed || stock.idle.length >= idleThreads) return stocked.thread.end();
  stock.idle.push(stocked);
  stocked.thread.keepAlive("no");
  if (idleMs === undefined) return;
  stocked.ending = setTimeout(() => endIdle(stock, stocked), idleMs);
  stocked.ending.unref();
}

function endIdle({ idle }: Stock, stocked: Stocked): void {
  clearTimeout(stocked.ending);
  const at = idle.indexOf(stocked);
  if (at < 0) return;
  idle.splice(at, 1);
  stocked.thread.end();
}
