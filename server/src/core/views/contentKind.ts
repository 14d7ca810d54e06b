import type { FileTree } from "../image/fileTree.ts";
import { nodeKind } from "../image/fileTree.ts";

/** What a file is, as far as its name and mode tell. */
export type ContentKind =
  | "program"
  | "library"
  | "code"
  | "archive"
  | "media"
  | "document"
  | "data"
  | "other";

/** In the order in which legends list them. */
export const contentKinds: readonly ContentKind[] = [
  "program",
  "library",
  "code",
  "archive",
  "media",
  "document",
  "data",
  "other",
];

/** Kind of a node; `other` for all that is no regular file. Reads only the end of the name: no text is made. */
export function contentKindOf(tree: FileTree, node: number): ContentKind {
  if (tree.kind[node] !== nodeKind.file) return "other";
  const start = tree.nameStart[node] ?? 0;
  const end = start + (tree.nameLength[node] ?? 0);
  const dot = tree.nameBytes.lastIndexOf(0x2e, end - 1);
  if (isVersionedLibrary(tree.nameBytes, start, end)) return "library";
  const known = dot > start ? kindByEnding.get(endingKey(tree.nameBytes, dot + 1, end)) : undefined;
  if (known !== undefined) return known;
  return ((tree.mode[node] ?? 0) & 0o111) === 0 ? "other" : "program";
}

const endings: Readonly<Record<Exclude<ContentKind, "other">, string>> = {
  program: "exe wasm com",
  library: "so a o dll dylib node pyd la ko",
  code: "js mjs cjs ts tsx jsx py pyc pyi rb php pl pm lua go rs c h cc cpp hpp java class kt scala clj ex exs erl sh bash css scss map vue svelte sql r jl el html htm wat",
  archive: "gz tgz xz bz2 zst zip tar jar war ear whl deb apk rpm 7z br gem nupkg lz4 crate",
  media:
    "png jpg jpeg gif svg webp ico mp3 mp4 webm ogg wav ttf otf woff woff2 eot avif flac pcf pfb",
  document: "md txt rst pdf 1 2 3 4 5 6 7 8 info po mo tex adoc ps",
  data: "json yaml yml toml xml csv db sqlite dat bin pem crt conf cfg ini pb onnx pt npy parquet mmdb idx pack pak res bundle bin2 tzdata log list",
};

/** So that each has a number of its own below 2^53. */
const longestEnding = 7;

const kindByEnding: ReadonlyMap<number, ContentKind> = new Map(
  Object.entries(endings).flatMap(([kind, list]) =>
    list.split(" ").map((ending): [number, ContentKind] => {
      const bytes = new TextEncoder().encode(ending);
      return [endingKey(bytes, 0, bytes.length), kind as ContentKind];
    }),
  ),
);

/** A number for a short ending, case aside; longer ones have none that is in the table. */
function endingKey(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > longestEnding) return -1;
  let key = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    key = key * 131 + (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);
  }
  return key;
}

/** `libc.so.6`: `.so.` and numbers behind it. */
function isVersionedLibrary(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = end - 1; at > start + 3; at -= 1) {
    const byte = bytes[at] ?? 0;
    const isVersion = byte === 0x2e || (byte >= 0x30 && byte <= 0x39);
    if (isVersion) continue;
    return byte === 0x6f && bytes[at - 1] === 0x73 && bytes[at - 2] === 0x2e && at < end - 1;
  }
  return false;
}
