/** Takes decoded bytes, valid only during the call; false to stop. */
export type TakeDecoded = (chunk: Uint8Array) => boolean;

/** How much is decoded at once: FACTS §4. */
export const decodedBytes: number = 256 * 1024;

/**
 * Node's zlib streams decode in the thread pool, one hop for each 16–64 KB, which costs more than the decoding (FACTS §4). Their handle also
 * works synchronously. That is not in Node's documentation, though well-kept libraries (minizlib) have long relied on it, so it is typed here alone.
 */
interface SyncStream {
  readonly _handle: {
    onerror: (message: string) => void;
    writeSync(
      flush: number,
      input: Uint8Array,
      inputAt: number,
      inputBytes: number,
      output: Uint8Array,
      outputAt: number,
      outputBytes: number,
    ): void;
  };
  /** After a write: room left in the output, bytes left in the input. */
  readonly _writeState: Uint32Array;
}

/** Decodes chunk[at …) and tells how many bytes of it are left where the stream takes no more; a text says what is wrong with them. */
export type SyncWrite = (chunk: Uint8Array, at: number, flush: number) => number | string;

/** The synchronous way to write to a zlib stream of Node's. It decodes into `output`; what lies there is over when `take` returns. */
export function createSyncWrite(stream: object, take: TakeDecoded, output: Uint8Array): SyncWrite {
  const { _handle: handle, _writeState: left } = stream as SyncStream;
  const outputBytes = output.length;
  let failure: string | undefined;
  handle.onerror = (message) => {
    failure = message;
  };
  return (chunk, start, flush) => {
    for (let at = start; ;) {
      handle.writeSync(flush, chunk, at, chunk.length - at, output, 0, outputBytes);
      if (failure !== undefined) return `its compressed data is damaged: ${failure}`;
      const [room = 0, rest = 0] = left;
      const isStuck = room === outputBytes && rest === chunk.length - at;
      at = chunk.length - rest;
      if (room < outputBytes && !take(output.subarray(0, outputBytes - room))) return 0;
      // A frame may end before the input does, and the next one follows: only what makes no progress is over.
      if (isStuck || (rest === 0 && room > 0)) return rest;
    }
  };
}
