/** Numbers of any width and bytes, one after the other. */
export interface ByteWriter {
  /** A whole number, 0 … 2^53 - 1, seven bits a byte, lowest first. */
  writeNumber(value: number): void;
  /** source[start … end). */
  writeBytes(source: Uint8Array, start: number, end: number): void;
  finish(): Uint8Array<ArrayBuffer>;
}

/** Reads what a `ByteWriter` wrote. Beyond the end everything is 0. */
export interface ByteReader {
  readNumber(): number;
  /** Copies the next bytes into target[at … at + count). */
  readBytes(target: Uint8Array, at: number, count: number): void;
  /** Whether exactly everything was read. */
  isAtEnd(): boolean;
}

/** A writer with room for about so many bytes. */
export function createByteWriter(capacity: number): ByteWriter {
  let bytes = new Uint8Array(Math.max(capacity, 64));
  let length = 0;
  const reserve = (count: number): void => {
    if (length + count <= bytes.length) return;
    const grown = new Uint8Array(Math.max(bytes.length * 2, length + count));
    grown.set(bytes.subarray(0, length));
    bytes = grown;
  };
  return {
    writeNumber(value) {
      reserve(8);
      let rest = value;
      while (rest >= 0x80) {
        bytes[length] = (rest % 0x80) + 0x80;
        length += 1;
        rest = rest < 2 ** 31 ? rest >>> 7 : Math.floor(rest / 0x80);
      }
      bytes[length] = rest;
      length += 1;
    },
    writeBytes(source, start, end) {
      reserve(end - start);
      for (let at = start; at < end; at += 1) {
        bytes[length] = source[at] ?? 0;
        length += 1;
      }
    },
    finish: () => bytes.slice(0, length),
  };
}

/** A reader at the beginning of the bytes. */
export function createByteReader(bytes: Uint8Array): ByteReader {
  let position = 0;
  return {
    readNumber() {
      let value = 0;
      for (let scale = 1; ; scale *= 0x80) {
        const byte = bytes[position] ?? 0;
        position += 1;
        value += (byte & 0x7f) * scale;
        if (byte < 0x80) return value;
      }
    },
    readBytes(target, at, count) {
      for (let byte = 0; byte < count; byte += 1) target[at + byte] = bytes[position + byte] ?? 0;
      position += count;
    },
    isAtEnd: () => position === bytes.length,
  };
}

/** A whole number of either sign as one that is not negative, small where the number is near 0. */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** The number that `zigzag` made this of. */
export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
