import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../core/image/digest.ts";

/** Manifests and configs by digest, which never change; each is checked against its name whenever it is read. Safe to delete. */
export interface RegistryCache {
  /** Undefined when there is nothing, or it is damaged. */
  find(digest: Digest): Promise<Uint8Array | undefined>;
  /** Keeps a document; trouble with the disk is silent, for nothing depends on it. */
  keep(digest: Digest, bytes: Uint8Array): Promise<void>;
}

/** Kept at most; the oldest go first. */
const maxDocuments = 1000;

/** The cache in a folder of its own beside the layers; undefined for none. */
export function openRegistryCache(cacheFolder: string | undefined): RegistryCache {
  if (cacheFolder === undefined) {
    return { find: async () => undefined, keep: async () => undefined };
  }
  const folder = join(cacheFolder, "registry-1");
  const pathOf = (digest: Digest): string => join(folder, `${digest.replace(":", "-")}.json`);
  return {
    find: async (digest) => {
      const bytes = await readFile(pathOf(digest)).catch(() => undefined);
      return bytes !== undefined && isDigestOf(digest, bytes) ? bytes : undefined;
    },
    keep: async (digest, bytes) => {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        // Whole or not at all, whoever else writes it. Environments of images may hold secrets.
        const draft = `${pathOf(digest)}.${randomBytes(6).toString("hex")}`;
        await writeFile(draft, bytes, { mode: 0o600, flag: "wx" });
        await rename(draft, pathOf(digest));
        await forgetOldest(folder);
      } catch {
        // A full or read-only disk costs the next reader a request, nothing more.
      }
    },
  };
}

/** Whether the digest, of either registered kind, is that of the bytes. */
export function isDigestOf(digest: Digest, bytes: Uint8Array): boolean {
  const [algorithm = "", hex] = digest.split(":");
  return createHash(algorithm).update(bytes).digest("hex") === hex;
}

async function forgetOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= maxDocuments) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, usedMs: (await stat(join(folder, name))).mtimeMs })),
  );
  aged.sort((a, b) => a.usedMs - b.usedMs);
  for (const { name } of aged.slice(0, names.length - maxDocuments)) {
    await rm(join(folder, name), { force: true });
  }
}
