import { randomBytes } from "node:crypto";
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { access, mkdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A folder of files that may be lost at any time: each is written whole or not at all, whoever else writes at the same moment, and trouble
 * with the file system only means that nothing is kept. Functions that block are for worker threads.
 */

/** The most that all files of a cache folder take; those unused for the longest time go first. */
export const cacheBytes = 1e9;

const unfinished = ".part";
const abandonedMs = 3_600_000;

/** The bytes kept under a name, which counts as use; undefined when there are none. */
export async function readKept(
  folder: string,
  name: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const path = join(folder, name);
  const now = new Date();
  const kept = await readFile(path).catch(() => undefined);
  await utimes(path, now, now).catch(() => undefined);
  return kept === undefined ? undefined : ownMemory(kept);
}

/** As `readKept`, blocking. */
export function readKeptSync(folder: string, name: string): Uint8Array<ArrayBuffer> | undefined {
  return attempt(() => {
    const path = join(folder, name);
    const kept = ownMemory(readFileSync(path));
    const now = new Date();
    utimesSync(path, now, now);
    return kept;
  });
}

/** Whether something is kept under a name. */
export async function isKept(folder: string, name: string): Promise<boolean> {
  return access(join(folder, name)).then(
    () => true,
    () => false,
  );
}

/** Keeps bytes under a name. */
export async function keep(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const part = partOf(folder, name);
  await mkdir(folder, { recursive: true, mode: 0o700 })
    .then(() => writeFile(part, bytes, { mode: 0o600, flag: "wx" }))
    .then(() => rename(part, join(folder, name)))
    .catch(() => rm(part, { force: true }).catch(() => undefined));
}

/** As `keep`, blocking. */
export function keepSync(folder: string, name: string, bytes: Uint8Array): void {
  const part = partOf(folder, name);
  attempt(() => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(part, bytes, { mode: 0o600, flag: "wx" });
    renameSync(part, join(folder, name));
  });
  attempt(() => rmSync(part, { force: true }));
}

/** What is written first, so that nobody ever sees half of it. */
function partOf(folder: string, name: string): string {
  return join(folder, `${name}.${randomBytes(6).toString("hex")}${unfinished}`);
}

/** Forgets what is kept under a name. */
export async function forget(folder: string, name: string): Promise<void> {
  await rm(join(folder, name), { force: true }).catch(() => undefined);
}

/** As `forget`, blocking. */
export function forgetSync(folder: string, name: string): void {
  attempt(() => rmSync(join(folder, name), { force: true }));
}

/** Forgets what was not used for the longest time until the rest is within the limit, and what a broken process left unfinished. Blocks. */
export function prune(folder: string, maxBytes: number, nowMs: number): void {
  const files = attempt(() => readdirSync(folder))?.flatMap((name) => {
    const stat = attempt(() => statSync(join(folder, name)));
    return stat === undefined ? [] : [{ name, bytes: stat.size, usedMs: stat.mtimeMs }];
  });
  let total = 0;
  for (const { name, bytes, usedMs } of files?.sort((a, b) => b.usedMs - a.usedMs) ?? []) {
    const isAbandoned = name.endsWith(unfinished) && nowMs - usedMs > abandonedMs;
    total += bytes;
    if (isAbandoned || total > maxBytes) forgetSync(folder, name);
  }
}

/** Small files share a pool; columns need memory that begins with them. */
function ownMemory(kept: Buffer<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const isOwn = kept.byteOffset === 0;
  return isOwn ? new Uint8Array(kept.buffer, 0, kept.length) : new Uint8Array(kept);
}

/** Undefined where the file system refuses. */
function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch (error) {
    if (error instanceof Error && "syscall" in error) return undefined;
    throw error;
  }
}
