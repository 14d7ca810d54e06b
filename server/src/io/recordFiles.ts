import { createHash, randomBytes } from "node:crypto";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readTextIfSmall } from "./boundedFile.ts";

/** What a change makes of a kept text: another one, or nothing new. `isDamaged` sets the text that was there aside first. */
export type RecordChange =
  | { readonly kind: "keep" }
  | { readonly kind: "write"; readonly text: string; readonly isDamaged: boolean };

/** How a change ended. */
export type RecordOutcome =
  | { readonly kind: "kept" }
  /** `setAside`: where the damaged text lies now. */
  | { readonly kind: "written"; readonly setAside: string | undefined }
  /** Another process did not let go, or the disk refuses: nothing has changed. */
  | { readonly kind: "refused" };

/**
 * Small texts, one for each subject, in a folder that several processes use at once: each change sees what the one before it wrote, and a text is written whole or
 * not at all. Safe to delete at any time.
 */
export interface RecordFiles {
  /** Undefined where there is none, and where it cannot be read or is larger than any that is written here. */
  read(subject: string): Promise<string | undefined>;
  update(
    subject: string,
    change: (text: string | undefined) => RecordChange,
  ): Promise<RecordOutcome>;
  forget(subject: string): Promise<void>;
}

/** What a test makes shorter. */
export interface RecordOptions {
  /** How long another process is waited for. */
  readonly patienceMs?: number;
  /** A lock that is older was left by a process that broke. */
  readonly abandonedMs?: number;
}

const mostBytes = 4_000_000;

/** The texts of a folder, which is made with the first of them. */
export function openRecordFiles(folder: string, options: RecordOptions = {}): RecordFiles {
  const pathOf = (subject: string): string => {
    const name = createHash("sha256").update(subject).digest("hex").slice(0, 32);
    return join(folder, `${name}.json`);
  };
  return {
    read: (subject) => readTextIfSmall(pathOf(subject), mostBytes),
    async update(subject, change) {
      const path = pathOf(subject);
      const free = await takeLock(folder, path, options);
      if (free === undefined) return { kind: "refused" };
      try {
        return await changeText(path, change);
      } catch (error) {
        if (isRefusal(error)) return { kind: "refused" };
        throw error;
      } finally {
        await free();
      }
    },
    forget: (subject) => rm(pathOf(subject), { force: true }).catch(() => undefined),
  };
}

async function changeText(
  path: string,
  change: (text: string | undefined) => RecordChange,
): Promise<RecordOutcome> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  const text = await readTextIfSmall(path, mostBytes);
  // What cannot be read is not there for the change, and yet nothing is written over it.
  const wanted = change(text ?? (isThere ? "" : undefined));
  if (wanted.kind === "keep") return { kind: "kept" };
  const setAside = wanted.isDamaged && isThere ? `${path}.damaged` : undefined;
  if (setAside !== undefined) await rename(path, setAside);
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  // Lines of Dockerfiles may hold secrets.
  await writeFile(draft, wanted.text, { mode: 0o600, flag: "wx" });
  await rename(draft, path);
  return { kind: "written", setAside };
}

/** Undefined when it is not to be had. The function returned gives it back. */
async function takeLock(
  folder: string,
  path: string,
  { patienceMs = 5000, abandonedMs = 10_000 }: RecordOptions,
): Promise<(() => Promise<void>) | undefined> {
  const lock = `${path}.lock`;
  const deadline = Date.now() + patienceMs;
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
  for (;;) {
    const made = await makeLock(lock);
    if (made === "made") return () => rm(lock, { force: true }).catch(() => undefined);
    if (made === "refused") return undefined;
    if (await isAbandoned(lock, abandonedMs)) {
      await rm(lock, { force: true }).catch(() => undefined);
    } else if (Date.now() > deadline) return undefined;
    else await sleep(5);
  }
}

async function makeLock(lock: string): Promise<"made" | "held" | "refused"> {
  return writeFile(lock, "", { flag: "wx", mode: 0o600 }).then(
    () => "made",
    (error: NodeJS.ErrnoException) => (error.code === "EEXIST" ? "held" : "refused"),
  );
}

async function isAbandoned(lock: string, abandonedMs: number): Promise<boolean> {
  const held = await stat(lock).catch(() => undefined);
  return held !== undefined && Date.now() - held.mtimeMs > abandonedMs;
}

/** Trouble of the file system, not a mistake of ours. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
