import { constants, createZstdDecompress } from "node:zlib";
import { Decompress } from "fzstd";
import { type Decoder, cutOff, trailing } from "./decoding.ts";
import { type TakeDecoded, createSyncWrite } from "./syncZlib.ts";
import { createZstdFrames } from "./zstdFrames.ts";

/** Frames one after the other are one stream (zstd:chunked); where Node has no zstd (before 22.15) fzstd decodes. */
export function createZstdDecoder(take: TakeDecoded, output: Uint8Array): Decoder {
  const frames = createZstdFrames();
  const isNative = typeof createZstdDecompress === "function";
  const { push, close } = isNative ? nativeZstd(take, output) : portableZstd(take);
  return {
    push(chunk) {
      frames.push(chunk);
      return push(chunk);
    },
    finish: () => (frames.isComplete() ? undefined : cutOff),
    close,
  };
}

type Decoding = Pick<Decoder, "push" | "close">;

function nativeZstd(take: TakeDecoded, output: Uint8Array): Decoding {
  const stream = createZstdDecompress();
  const write = createSyncWrite(stream, take, output);
  return {
    push(chunk) {
      const rest = write(chunk, 0, constants.ZSTD_e_continue);
      if (typeof rest === "string") return rest;
      return rest === 0 ? undefined : trailing;
    },
    close: () => stream.close(),
  };
}

/** fzstd in the same shape. It throws on damaged data, which is an ordinary answer here. */
export function portableZstd(take: TakeDecoded): Decoding {
  let wantsMore = true;
  const stream = new Decompress((chunk) => {
    wantsMore &&= chunk.length === 0 || take(chunk);
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
