import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const library = createRequire(import.meta.url).resolve("xxhash-wasm");

/**
 * The WebAssembly of xxhash-wasm by itself: the library's own functions copy all that they hash. In the bundles these are the bytes, not a file: esbuild.mjs.
 */
export const xxhashBytes: Uint8Array<ArrayBuffer> = new Uint8Array(
  readFileSync(join(dirname(library), "../workerd/xxhash.wasm")),
);
