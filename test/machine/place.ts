import { join, resolve } from "node:path";

/** The repository. */
export const root: string = resolve(import.meta.dirname, "../..");

/** What the scripts bring and make; ignored by git, safe to delete. */
export const cacheFolder: string = join(root, ".cache");

/** A path inside the repository. */
export function inRoot(...parts: readonly string[]): string {
  return join(root, ...parts);
}
