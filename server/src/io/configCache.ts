import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../core/image/digest.ts";
import { parseImageConfig, type ImageConfig } from "../core/image/imageConfig.ts";

/** Configs that were read from an engine's exports: an engine's own answers do not say which history row made a layer, the config does. One small file each; safe to delete. */
export interface ConfigCache {
  /** The config remembered for what the engine calls `imageId`; undefined when there is none or it is not whole. */
  find(imageId: Digest): Promise<ImageConfig | undefined>;
  /** Remembers; trouble with the disk is silent, for nothing depends on it. */
  remember(imageId: Digest, configText: string): Promise<void>;
}

/** Kept at most; the oldest go first. */
const maxConfigs = 500;

/** The cache in that folder, beside the layers; undefined for none. */
export function openConfigCache(cacheFolder: string | undefined): ConfigCache {
  if (cacheFolder === undefined) {
    return { find: async () => undefined, remember: async () => undefined };
  }
  const folder = join(cacheFolder, "configs-1");
  const pathOf = (imageId: Digest): string => join(folder, `${imageId.replace(":", "-")}.json`);
  return {
    find: async (imageId) => {
      const text = await readFile(pathOf(imageId), "utf8").catch(() => undefined);
      const config = text === undefined ? undefined : parseImageConfig(text, pathOf(imageId));
      return config?.ok === true ? config.value : undefined;
    },
    remember: async (imageId, configText) => {
      try {
        await mkdir(folder, { recursive: true });
        const path = pathOf(imageId);
        const draft = `${path}.${process.pid}`;
        await writeFile(draft, configText);
        await rename(draft, path);
        await forgetOldest(folder);
      } catch {
        // A full or read-only disk costs the next reader an export, nothing more.
      }
    },
  };
}

async function forgetOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= maxConfigs) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, age: (await stat(join(folder, name))).mtimeMs })),
  );
  aged.sort((a, b) => a.age - b.age);
  for (const { name } of aged.slice(0, names.length - maxConfigs)) {
    await rm(join(folder, name), { force: true });
  }
}
