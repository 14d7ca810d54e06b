import { open } from "node:fs/promises";
import { join } from "node:path";
import { hasChecksum } from "../core/image/tarFields.ts";

/** First bytes of what ADD decompresses: gzip, bzip2, xz, zstd. moby archive compression.go. */
const packed: readonly (readonly number[])[] = [
  [0x1f, 0x8b, 0x08],
  [0x42, 0x5a, 0x68],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  [0x28, 0xb5, 0x2f, 0xfd],
];
const blockBytes = 512;
const zstdSkippable = 0x184d2a5;

/**
 * Whether ADD would unpack each of these files of a build context, by path: a tar by its first header; what is compressed counts as an archive, since
 * what is inside is not read. Files that cannot be opened have no entry. The paths are
 * those that a look-up in the context gave, with all symlinks followed by the builder's rules already.
 */
export async function lookAtArchives(
  root: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, "archive" | "file">> {
  const looks = new Map<string, "archive" | "file">();
  for (const path of paths) {
    if (signal.aborted) break;
    const head = await readHead(join(root, path));
    if (head !== undefined) looks.set(path, isArchive(head) ? "archive" : "file");
  }
  return looks;
}

async function readHead(path: string): Promise<Uint8Array | undefined> {
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const block = new Uint8Array(blockBytes);
    const { bytesRead } = await handle.read(block, 0, blockBytes, 0);
    return block.subarray(0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

/** By the first block of a file. */
export function isArchive(head: Uint8Array): boolean {
  const startsWith = (magic: readonly number[]): boolean =>
    magic.every((byte, index) => head[index] === byte);
  return packed.some(startsWith) || isSkippableFrame(head) || isTarHeader(head);
}

function isSkippableFrame(head: Uint8Array): boolean {
  if (head.length < 8) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return view.getUint32(0, true) >>> 4 === zstdSkippable;
}

function isTarHeader(head: Uint8Array): boolean {
  const sum = head.reduce((total, byte) => total + byte, 0);
  return head.length === blockBytes && hasChecksum(head, 0, sum);
}
