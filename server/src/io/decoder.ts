import type { Decoder } from "./decoding.ts";
import { createGzipDecoder } from "./gzipDecoder.ts";
import { type TakeDecoded, decodedBytes } from "./syncZlib.ts";
import { createZstdDecoder } from "./zstdDecoder.ts";

/** How the bytes of a layer are stored. */
export type Compression = "plain" | "gzip" | "zstd";

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

/** A decoder that hands decoded bytes to `take` within `push`; false from it stops the decoding. Who wants them in certain memory gives that as `output`. */
export function createDecoder(
  compression: Compression,
  take: TakeDecoded,
  output: Uint8Array = new Uint8Array(decodedBytes),
): Decoder {
  switch (compression) {
    case "plain":
      return {
        push: (chunk) => void take(chunk),
        finish: () => undefined,
        close: () => undefined,
      };
    case "gzip":
      return createGzipDecoder(take, output);
    case "zstd":
      return createZstdDecoder(take, output);
  }
}
