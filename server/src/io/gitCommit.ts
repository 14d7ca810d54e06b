import { open, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";

/** Folders above a file that are looked at. */
const mostFolders = 64;
const headBytes = 4096;
const packedBytes = 8_000_000;

/**
 * The commit that is checked out where a file lies, as git keeps it on disk (gitrepository-layout(5)); nothing is run. Undefined outside of git,
 * before the first commit, and where refs are kept in another way.
 */
export async function readGitCommit(path: string): Promise<string | undefined> {
  const folder = await findGitFolder(dirname(path));
  if (folder === undefined) return undefined;
  const head = await readStart(join(folder, "HEAD"), headBytes);
  const ref = /^ref: (refs\/[^\s\\]+)$/.exec(head?.trim() ?? "")?.[1];
  if (ref === undefined) return commitOf(head);
  if (ref.split("/").includes("..")) return undefined;
  return commitOf(await readRef(folder, ref));
}

/** A work tree of its own has its HEAD; branches lie in the repository that it came from. */
async function readRef(folder: string, ref: string): Promise<string | undefined> {
  const common = await readStart(join(folder, "commondir"), headBytes);
  const shared = common === undefined ? folder : within(folder, common.trim());
  if (shared === undefined) return undefined;
  const loose =
    (await readStart(join(folder, ref), headBytes)) ??
    (await readStart(join(shared, ref), headBytes));
  if (loose !== undefined) return loose;
  const packed = await readStart(join(shared, "packed-refs"), packedBytes);
  const line = packed?.split("\n").find((row) => row.trimEnd().endsWith(` ${ref}`));
  return line?.split(" ")[0];
}

async function findGitFolder(start: string): Promise<string | undefined> {
  let folder = start;
  for (let count = 0; count < mostFolders; count += 1) {
    const place = join(folder, ".git");
    const found = await stat(place).catch(() => undefined);
    if (found?.isDirectory() === true) return place;
    if (found?.isFile() === true) {
      const pointer = /^gitdir: (.+)$/.exec((await readStart(place, headBytes))?.trim() ?? "")?.[1];
      return pointer === undefined ? undefined : within(folder, pointer);
    }
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
  return undefined;
}

/** A path that a file of git names; undefined for one that would lead to another machine. */
function within(folder: string, path: string): string | undefined {
  if (/^[\\/]{2}/.test(path)) return undefined;
  return isAbsolute(path) ? path : resolve(folder, path);
}

/** SHA-1 or SHA-256, in hex. */
function commitOf(text: string | undefined): string | undefined {
  const word = text?.trim() ?? "";
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(word) ? word : undefined;
}

/** Undefined where there is no such file. */
async function readStart(path: string, mostBytes: number): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const bytes = new Uint8Array(Math.min(found.size, mostBytes));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return new TextDecoder().decode(bytes.subarray(0, bytesRead));
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
