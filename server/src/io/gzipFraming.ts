/** What stands around the compressed data of gzip members. RFC 1952 § 2.3. */
export interface GzipHeader {
  /** Takes bytes of a header from chunk[at …) and tells where it stopped: behind the header, or at the end of the chunk. -1 when it is no gzip header. */
  take(chunk: Uint8Array, at: number): number;
  /** Whether the header is complete. */
  isDone(): boolean;
  /** Whether nothing of it has come yet. */
  isEmpty(): boolean;
}

/** A header of which nothing has come. */
export function createGzipHeader(): GzipHeader {
  const walk = walkHeader();
  let state = walk.next(0);
  let taken = 0;
  return {
    take(chunk, at) {
      let position = at;
      while (state.done !== true && position < chunk.length) {
        state = walk.next(chunk[position] ?? 0);
        position += 1;
        taken += 1;
      }
      return state.done === true && !state.value ? -1 : position;
    },
    isDone: () => state.done === true,
    isEmpty: () => taken === 0,
  };
}

/** Is handed byte after byte; ends with whether they were a header. */
function* walkHeader(): Generator<undefined, boolean, number> {
  if ((yield) !== 0x1f || (yield) !== 0x8b || (yield) !== 8) return false;
  const flags = yield;
  if ((flags & 0xe0) !== 0) return false;
  // time, extra flags and system
  for (let byte = 0; byte < 6; byte += 1) yield;
  if ((flags & 4) !== 0) {
    const length = (yield) + (yield) * 256;
    for (let byte = 0; byte < length; byte += 1) yield;
  }
  // name and comment
  for (const flag of [8, 16]) {
    while ((flags & flag) !== 0 && (yield) !== 0);
  }
  for (let byte = 0; byte < (flags & 2); byte += 1) yield;
  return true;
}
