import { unwatchFile, watchFile, type Stats } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseImageReference } from "../core/image/reference.ts";

/** How often a file is looked at, and for how long it must rest after a change before that counts. */
export interface WatchOptions {
  readonly baseFolder: string;
  readonly homeFolder?: string;
  /** Default half a second. */
  readonly intervalMs?: number;
}

/**
 * Calls whenever the archive or OCI layout that the reference names was written, replaced, or came to be, once it is at rest again; the function
 * returned ends it. Does nothing for names of an engine, unless they are paths too. It looks at two or three files now and then, which costs next to nothing and
 * works where notifications do not: atomic replacement, folders that come later, network and WSL disks.
 */
export function watchImage(
  text: string,
  { baseFolder, homeFolder = homedir(), intervalMs = 500 }: WatchOptions,
  onChange: () => void,
): () => void {
  const reference = parseImageReference(text);
  const named = reference.kind === "engine" ? reference.name : reference.path;
  if (reference.kind === "engine" && named.includes(":")) return () => undefined;
  const path = /^~[\\/]/.test(named)
    ? join(homeFolder, named.slice(2))
    : resolve(baseFolder, named);
  // No path holds a NUL, and Node throws where one does.
  if (path.includes("\0")) return () => undefined;
  // An OCI layout changes with its index, an extracted archive with its manifest; a folder itself changes for no reason that matters.
  const places = [path, join(path, "index.json"), join(path, "manifest.json")];
  let timer: NodeJS.Timeout | undefined;
  const notice = (now: Stats, before: Stats): void => {
    // What is gone may come back at once; until then the last reading stands.
    if (now.mtimeMs === 0 || isSame(now, before)) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, intervalMs * 2);
  };
  for (const place of places) {
    watchFile(place, { interval: intervalMs, persistent: false }, notice);
  }
  return () => {
    clearTimeout(timer);
    for (const place of places) unwatchFile(place, notice);
  };
}

function isSame(now: Stats, before: Stats): boolean {
  if (now.isDirectory() && before.isDirectory()) return now.ino === before.ino;
  return now.mtimeMs === before.mtimeMs && now.size === before.size && now.ino === before.ino;
}
