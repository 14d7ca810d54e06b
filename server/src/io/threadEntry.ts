import { existsSync } from "node:fs";

/**
 * The file that a thread starts with. Sources and build have one for each sort, so that a thread reads no more than it runs; a bundle without them
 * starts itself again and finds out by `workerData` what it is to do.
 */
export function threadEntry(sort: "layerWorker" | "archiveWorker"): URL {
  if (import.meta.url.endsWith(".ts")) return new URL(`./${sort}Entry.ts`, import.meta.url);
  const own = new URL(`./${sort}.cjs`, import.meta.url);
  return existsSync(own) ? own : new URL(import.meta.url);
}
