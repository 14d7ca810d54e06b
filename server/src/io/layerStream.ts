import type { ImageError } from "../core/image/imageError.ts";
import { type Result, fail } from "../core/result.ts";
import { deferred } from "./deferred.ts";
import type { IndexedLayer } from "./layerSource.ts";
import { type Limits, defaultLimits } from "./limits.ts";
import { ownThreads, type ThreadStock } from "./threadStock.ts";

/** A layer being read while its bytes arrive, in a worker thread. */
export interface LayerStream {
  /**
   * The next bytes of the layer as stored: plain, gzip or zstd, sniffed. The chunk belongs to the stream from now on. Undefined when there is room for more,
   * else a promise of it that never rejects.
   */
  push(chunk: Uint8Array): Promise<void> | undefined;
  /** Memory of that length that an earlier chunk came in, to be filled with another; undefined when there is none. */
  spare(length: number): Uint8Array | undefined;
  /** Call after the last byte. `diffId` of the result is computed from the bytes, so it is the truth whatever the archive claims. */
  finish(): Promise<Result<IndexedLayer, ImageError>>;
  /** Lets go of the worker; safe at any time, also after `finish`. */
  abort(): void;
}

export interface LayerStreamOptions {
  readonly signal: AbortSignal;
  /** Folder of the layer cache; undefined for no cache. */
  readonly cacheFolder?: string;
  /** `defaultLimits` unless given. */
  readonly limits?: Limits;
  /** Where to take the thread from and give it back to; a thread of its own unless given. */
  readonly threads?: ThreadStock;
}

/** How many bytes may be on their way to the thread. */
const roomBytes = 8 * 2 ** 20;

/** Starts to read a layer whose bytes come as a stream (engine export, compressed archive). `name` is said in errors. Aborting the signal aborts the stream. */
export function openLayerStream(name: string, options: LayerStreamOptions): LayerStream {
  const { promise: finished, resolve, reject } = deferred<Result<IndexedLayer, ImageError>>();
  const room = createRoom(roomBytes);
  let isOver = false;
  const thread = (options.threads ?? ownThreads).start({
    message(message) {
      if (message.kind === "taken") room.leave(message.bytes);
      if (message.kind === "idle") over(thread.rest);
      if (message.kind !== "streamed") return;
      const { result } = message;
      resolve(result.ok ? { ok: true, value: { kind: "indexed", ...result.value } } : result);
    },
    broken(error) {
      over(thread.end);
      reject(error);
    },
  });
  const cancel = (): void => {
    over(thread.end);
    resolve(fail({ code: "cancelled" }));
  };
  const over = (leave: () => void): void => {
    // A thread that rests may be reading another layer already.
    if (isOver) return;
    isOver = true;
    leave();
    room.open();
    options.signal.removeEventListener("abort", cancel);
  };
  // A stream that is aborted may never be finished: nobody waits for its outcome then.
  finished.catch(() => undefined);
  options.signal.addEventListener("abort", cancel);
  if (options.signal.aborted) cancel();
  const { limits = defaultLimits, cacheFolder } = options;
  thread.post({ kind: "begin", name, limits, cacheFolder });
  return {
    push(chunk) {
      const bytes = ownMemory(chunk);
      if (isOver) return undefined;
      room.enter(bytes.length);
      thread.post({ kind: "chunk", bytes });
      return room.wait();
    },
    spare: (length) => room.spare(length),
    finish() {
      if (!isOver) thread.post({ kind: "end" });
      return finished;
    },
    abort: cancel,
  };
}

/** Memory can only be moved as a whole: a part of a larger piece, such as Node's pool, is copied. */
function ownMemory(chunk: Uint8Array): Uint8Array {
  const isWhole = chunk.byteLength === chunk.buffer.byteLength;
  return isWhole && !Buffer.isBuffer(chunk) ? chunk : new Uint8Array(chunk);
}

interface Room {
  enter(bytes: number): void;
  /** A chunk is used up, its memory may be used again. */
  leave(chunk: Uint8Array): void;
  /** Memory of that length of a chunk that left. */
  spare(length: number): Uint8Array | undefined;
  /** Resolves when less than all room is taken; undefined when it is so now. */
  wait(): Promise<void> | undefined;
  /** Makes room for everything, for good. */
  open(): void;
}

function createRoom(most: number): Room {
  const spares: Uint8Array[] = [];
  let taken = 0;
  let isOpen = false;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    if (taken >= most && !isOpen) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  return {
    enter(bytes) {
      taken += bytes;
    },
    leave(chunk) {
      taken -= chunk.length;
      spares.push(new Uint8Array(chunk.buffer));
      wake();
    },
    spare(length) {
      const at = spares.findIndex((spare) => spare.length === length);
      return at < 0 ? undefined : spares.splice(at, 1)[0];
    },
    wait() {
      if (taken < most || isOpen) return undefined;
      return new Promise((resolve) => waiting.push(resolve));
    },
    open() {
      isOpen = true;
      wake();
    },
  };
}
