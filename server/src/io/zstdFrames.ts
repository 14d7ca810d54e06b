/** Follows the frames of a zstd stream without decoding them, to know whether it ends where a frame does. RFC 8878 § 3. */
export interface ZstdFrames {
  push(chunk: Uint8Array): void;
  /** Whether everything so far is whole frames. False for good after anything that is not zstd. */
  isComplete(): boolean;
}

/** At the beginning of a stream. */
export function createZstdFrames(): ZstdFrames {
  const walk = walkFrames();
  const field = new Uint8Array(4);
  let wanted = walk.next(field);
  let taken = 0;
  const isWhole = (): boolean =>
    wanted.done !== true && wanted.value.isBetweenFrames && taken === 0;
  return {
    push(chunk) {
      for (let at = 0; wanted.done !== true && at < chunk.length;) {
        const { bytes, isField } = wanted.value;
        const count = Math.min(bytes - taken, chunk.length - at);
        if (isField) field.set(chunk.subarray(at, at + count), taken);
        at += count;
        taken += count;
        if (taken < bytes) return;
        taken = 0;
        do wanted = walk.next(field);
        while (wanted.done !== true && wanted.value.bytes === 0);
      }
    },
    isComplete: isWhole,
  };
}

/** What a walk needs next: bytes to look at, at most four, or bytes to pass over. */
interface Wanted {
  readonly bytes: number;
  readonly isField: boolean;
  readonly isBetweenFrames: boolean;
}

/** Ends only where the stream is broken. */
function* walkFrames(): Generator<Wanted, void, Uint8Array> {
  for (;;) {
    const magic = numberIn(yield { bytes: 4, isField: true, isBetweenFrames: true }, 4);
    if (magic >= 0x184d2a50 && magic <= 0x184d2a5f) {
      yield passOver(numberIn(yield look(4), 4));
      continue;
    }
    if (magic !== 0xfd2fb528) return;
    const descriptor = numberIn(yield look(1), 1);
    yield passOver(headerBytes(descriptor));
    for (let isLast = false; !isLast;) {
      const block = numberIn(yield look(3), 3);
      const isRepeated = ((block >> 1) & 3) === 1;
      isLast = (block & 1) === 1;
      yield passOver(isRepeated ? 1 : block >>> 3);
    }
    yield passOver((descriptor & 4) === 0 ? 0 : 4);
  }
}

/** What follows the descriptor byte in a frame header: window, dictionary id and content size, each in the width that the descriptor says. */
function headerBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes;
}

function look(bytes: number): Wanted {
  return { bytes, isField: true, isBetweenFrames: false };
}

function passOver(bytes: number): Wanted {
  return { bytes, isField: false, isBetweenFrames: false };
}

/** Little-endian. */
function numberIn(field: Uint8Array, bytes: number): number {
  let value = 0;
  for (let at = bytes - 1; at >= 0; at -= 1) value = value * 256 + (field[at] ?? 0);
  return value;
}
