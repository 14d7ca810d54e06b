import { constants, createGunzip, createZstdDecompress } from "node:zlib";
import { Decompress } from "fzstd";
import { createZstdFrames } from "./zstdFrames.ts";

/** How the bytes of a layer are stored. */
export type Compression = "plain" | "gzip" | "zstd";

/** Decodes a stored layer chunk by chunk, synchronously. */
export interface Decoder {
  /** Takes the next stored bytes; the chunk is not kept. A sentence end when they cannot be decoded. */
  push(chunk: Uint8Array): string | undefined;
  /** Call after the last byte; says what is wrong when the stream is not complete. */
  finish(): string | undefined;
  /** Frees what is outside the heap. */
  close(): void;
}

/** Takes decoded bytes, valid only during the call; false to stop. */
export type DecodedSink = (chunk: Uint8Array) => boolean;

/** What the first bytes say of a blob; media types may lie. `unsupported` names a compression that Tare does not read. */
export function sniffCompression(head: Uint8Array): Compression | { readonly unsupported: string } {
  const starts = (...bytes: readonly number[]): boolean =>
    bytes.every((byte, at) => head[at] === byte);
  if (starts(0x1f, 0x8b)) return "gzip";
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return "zstd";
  const isSkippable = ((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d;
  if (isSkippable && head[3] === 0x18) return "zstd";
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)) return { unsupported: "xz" };
  if (starts(0x42, 0x5a, 0x68) && head[4] === 0x31) return { unsupported: "bzip2" };
  return "plain";
}

/** How many bytes `sniffCompression` needs. */
export const sniffedBytes = 8;

/** A decoder that hands decoded bytes to the sink within `push` and `finish`. */
export function createDecoder(compression: Compression, sink: DecodedSink): Decoder {
  switch (compression) {
    case "plain":
      return { push: (chunk) => void sink(chunk), finish: () => undefined, close: () => undefined };
    case "gzip":
      return createGzipDecoder(sink);
    case "zstd":
      return createZstdDecoder(sink);
  }
}

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
  close(): void;
}

const outputBytes = 256 * 1024;
const nothing = new Uint8Array(0);
const cutOff = "its compressed data is cut off";
const trailing = "something follows its compressed data";

/** Writes until the input is used up; tells how much of it is left where the stream takes no more, or what is wrong. */
type SyncWrite = (chunk: Uint8Array, flush: number) => number | string;

function createSyncWrite(stream: SyncStream, sink: DecodedSink): SyncWrite {
  const { _handle: handle, _writeState: left } = stream;
  const output = new Uint8Array(outputBytes);
  let failure: string | undefined;
  handle.onerror = (message) => {
    failure = message;
  };
  return (chunk, flush) => {
    for (let at = 0; ;) {
      handle.writeSync(flush, chunk, at, chunk.length - at, output, 0, outputBytes);
      if (failure !== undefined) return `its compressed data is damaged: ${failure}`;
      const [room = 0, rest = 0] = left;
      const isStuck = room === outputBytes && rest === chunk.length - at;
      at = chunk.length - rest;
      if (room < outputBytes && !sink(output.subarray(0, outputBytes - room))) return 0;
      // A frame or member may end before the input does, and the next one follows: only what makes no progress is over.
      if (isStuck || (rest === 0 && room > 0)) return rest;
    }
  };
}

/** Members one after the other are one stream (eStargz); zeros may follow the last, as tape blocks left them. RFC 1952 § 2.2. */
function createGzipDecoder(sink: DecodedSink): Decoder {
  const stream = createGunzip();
  const write = createSyncWrite(stream as unknown as SyncStream, sink);
  let isOver = false;
  return {
    push(chunk) {
      const rest = isOver ? chunk.length : write(chunk, constants.Z_NO_FLUSH);
      if (typeof rest === "string") return rest;
      isOver ||= rest > 0;
      const isPadding = chunk.subarray(chunk.length - rest).every((byte) => byte === 0);
      return isPadding ? undefined : trailing;
    },
    finish() {
      const rest = isOver ? 0 : write(nothing, constants.Z_FINISH);
      return typeof rest === "string" ? cutOff : undefined;
    },
    close: () => stream.close(),
  };
}

/** Frames one after the other are one stream (zstd:chunked); where Node has no zstd (before 22.15) fzstd decodes. */
function createZstdDecoder(sink: DecodedSink): Decoder {
  const frames = createZstdFrames();
  const { push, close } = isZstdNative() ? nativeZstd(sink) : portableZstd(sink);
  return {
    push(chunk) {
      frames.push(chunk);
      return push(chunk);
    },
    finish: () => (frames.isComplete() ? undefined : cutOff),
    close,
  };
}

function isZstdNative(): boolean {
  return typeof createZstdDecompress === "function";
}

function nativeZstd(sink: DecodedSink): Pick<Decoder, "push" | "close"> {
  const stream = createZstdDecompress();
  const write = createSyncWrite(stream as unknown as SyncStream, sink);
  return {
    push(chunk) {
      const rest = write(chunk, constants.ZSTD_e_continue);
      if (typeof rest === "string") return rest;
      return rest === 0 ? undefined : trailing;
    },
    close: () => stream.close(),
  };
}

/** fzstd in the same shape. It throws on damaged data, which is an ordinary answer here. */
export function portableZstd(sink: DecodedSink): Pick<Decoder, "push" | "close"> {
  let wantsMore = true;
  const stream = new Decompress((chunk) => {
    wantsMore &&= chunk.length === 0 || sink(chunk);
  });
  return {
    push(chunk) {
      try {
        // fzstd keeps what it cannot use yet, and the chunk is only lent.
        if (wantsMore) stream.push(chunk.slice());
        return undefined;
      } catch (error) {
        return `its compressed data is damaged: ${error instanceof Error ? error.message : "zstd"}`;
      }
    },
    close: () => undefined,
  };
}
