import { open, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";

/** Folders above a file that are looked at. */
const mostFolders = 64;
const headBytes = 4096;
const packedBytes = 8_000_000;
/** The end of a log holds its last line: who, when and why. */
const logBytes = 16_384;

/**
 * The commit that has been checked out since a moment where a file lies, as git keeps it on disk (gitrepository-layout(5)); nothing is run. Undefined
 * outside of git, before the first commit, where refs are kept in another way, and where another commit was checked out since: an image of that
 * age may be of either.
 */
export async function readGitCommit(path: string, sinceMs: number): Promise<string | undefined> {
  const folder = await findGitFolder(dirname(path));
  if (folder === undefined) return undefined;
  const headFile = join(folder, "HEAD");
  const found = await readHead(folder, headFile);
  const commit = commitOf(found?.text);
  if (commit === undefined || found === undefined) return undefined;
  const movedMs =
    (await loggedMoveMs(folder, commit)) ?? (await newestChangeMs([headFile, found.file]));
  return movedMs <= sinceMs ? commit : undefined;
}

/** Text that names a commit, and where it stands. */
interface RefText {
  readonly text: string | undefined;
  readonly file: string;
}

async function readHead(folder: string, file: string): Promise<RefText | undefined> {
  const text = await readPart(file, headBytes, "start");
  const ref = /^ref: (refs\/[^\s\\]+)$/.exec(text?.trim() ?? "")?.[1];
  if (ref === undefined) return { text, file };
  return ref.split("/").includes("..") ? undefined : readRef(folder, ref);
}

/** When HEAD came to the commit, by its log; undefined where none is kept, and where it speaks of another commit last. */
async function loggedMoveMs(folder: string, commit: string): Promise<number | undefined> {
  const log = await readPart(join(folder, "logs/HEAD"), logBytes, "end");
  // Behind the tab stands what somebody wrote.
  const [last = ""] = log?.trimEnd().split("\n").at(-1)?.split("\t") ?? [];
  const [, moved, seconds] = /^\S+ (\S+) .*> (\d{1,12}) [+-]\d{4}$/.exec(last) ?? [];
  return moved === commit && seconds !== undefined ? Number(seconds) * 1000 : undefined;
}

/** A file that is gone may have changed just now. */
async function newestChangeMs(files: readonly string[]): Promise<number> {
  const found = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  return Math.max(...found.map((each) => each?.mtimeMs ?? Number.POSITIVE_INFINITY));
}

/** A work tree of its own has its HEAD; branches lie in the repository that it came from. */
async function readRef(folder: string, ref: string): Promise<RefText | undefined> {
  const common = await readPart(join(folder, "commondir"), headBytes, "start");
  const shared = common === undefined ? folder : within(folder, common.trim());
  if (shared === undefined) return undefined;
  for (const file of [join(folder, ref), join(shared, ref)]) {
    const text = await readPart(file, headBytes, "start");
    if (text !== undefined) return { text, file };
  }
  const file = join(shared, "packed-refs");
  const packed = await readPart(file, packedBytes, "start");
  const line = packed?.split("\n").find((row) => row.trimEnd().endsWith(` ${ref}`));
  return { text: line?.split(" ")[0], file };
}

async function findGitFolder(start: string): Promise<string | undefined> {
  let folder = start;
  for (let count = 0; count < mostFolders; count += 1) {
    const place = join(folder, ".git");
    const found = await stat(place).catch(() => undefined);
    if (found?.isDirectory() === true) return place;
    if (found?.isFile() === true) {
      const pointer = /^gitdir: (.+)$/.exec(
        (await readPart(place, headBytes, "start"))?.trim() ?? "",
      )?.[1];
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

/** The first or the last bytes; undefined where there is no such file. */
async function readPart(
  path: string,
  mostBytes: number,
  end: "start" | "end",
): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const bytes = new Uint8Array(Math.min(found.size, mostBytes));
    const start = end === "start" ? 0 : found.size - bytes.length;
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    return new TextDecoder().decode(bytes.subarray(0, bytesRead));
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
