/** Decodes a stored layer chunk by chunk, synchronously. */
export interface Decoder {
  /** Takes the next stored bytes; the chunk is not kept. The end of a sentence when they cannot be decoded. */
  push(chunk: Uint8Array): string | undefined;
  /** Call after the last byte; says what is wrong when the stream is not complete. */
  finish(): string | undefined;
  /** Frees what is outside the heap. */
  close(): void;
}

/** The stored bytes end too early. */
export const cutOff = "its compressed data is cut off";

/** The stored bytes go on where they should end. */
export const trailing = "something follows its compressed data";
