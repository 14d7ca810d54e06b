/** Length of a tar block. Headers are one block, bodies are padded to whole ones. */
export const blockBytes = 512;

/** What a body of that many bytes takes in the tar. */
export function paddedBytes(bodyBytes: number): number {
  return Math.ceil(bodyBytes / blockBytes) * blockBytes;
}

/**
 * A number field: octal digits between blanks and NULs, or base-256 where the first byte has its high bit set (GNU).
 * Undefined when it is neither, negative, or too large to be exact.
 */
export function readNumber(block: Uint8Array, at: number, length: number): number | undefined {
  if ((block[at] ?? 0) >= 0x80) return readBase256(block, at, length);
  let value = 0;
  // Blanks may stand before and behind the digits, not between them.
  let place: "before" | "digits" | "behind" = "before";
  for (let byteAt = at; byteAt < at + length; byteAt += 1) {
    const byte = block[byteAt] ?? 0;
    if (byte === 0x20 || byte === 0) {
      if (place === "digits") place = "behind";
      continue;
    }
    const digit = byte - 0x30;
    if (place === "behind" || digit < 0 || digit > 7) return undefined;
    place = "digits";
    value = value * 8 + digit;
  }
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Length of the text that begins there, up to a NUL or the end of its field. */
export function textLength(block: Uint8Array, at: number, length: number): number {
  let end = at;
  while (end < at + length && block[end] !== 0) end += 1;
  return end - at;
}

/**
 * Sum of the bytes of the block that begins with this word. Two times two bytes are added at once: 128 words of at most
 * 2 · 255 fit into 16 bits.
 */
export function sumOfBlock(words: Uint32Array, firstWord: number): number {
  let sums = 0;
  for (let at = firstWord; at < firstWord + 128; at += 1) {
    const word = words[at] ?? 0;
    sums += (word & 0x00ff00ff) + ((word >>> 8) & 0x00ff00ff);
  }
  return (sums & 0xffff) + (sums >>> 16);
}

/** Whether the checksum field at `at` fits. Some old tars added the bytes as signed ones. */
export function hasChecksum(block: Uint8Array, at: number, sum: number): boolean {
  const stated = readNumber(block, at + checksumAt, checksumLength);
  if (stated === undefined) return false;
  let fieldSum = 0;
  for (let byte = 0; byte < checksumLength; byte += 1) {
    fieldSum += block[at + checksumAt + byte] ?? 0;
  }
  const blanks = checksumLength * 0x20;
  return stated === sum - fieldSum + blanks || stated === signedSum(block, at) + blanks;
}

const checksumAt = 148;
const checksumLength = 8;

function signedSum(block: Uint8Array, at: number): number {
  let sum = 0;
  for (let byte = 0; byte < blockBytes; byte += 1) {
    const isChecksum = byte >= checksumAt && byte < checksumAt + checksumLength;
    const value = block[at + byte] ?? 0;
    if (!isChecksum) sum += value < 0x80 ? value : value - 0x100;
  }
  return sum;
}

function readBase256(block: Uint8Array, at: number, length: number): number | undefined {
  if ((block[at] ?? 0) !== 0x80) return undefined;
  let value = 0;
  for (let byte = 1; byte < length; byte += 1) value = value * 256 + (block[at + byte] ?? 0);
  return Number.isSafeInteger(value) ? value : undefined;
}
