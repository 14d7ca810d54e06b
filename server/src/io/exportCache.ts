import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDigest, type Digest } from "../core/image/digest.ts";
import { parseImageConfig, type ImageConfig } from "../core/image/imageConfig.ts";
import {
  arrayField,
  bytesField,
  parseJsonObject,
  stringField,
  toObject,
  withoutAbsent,
  type JsonProblems,
} from "../core/image/json.ts";
import { digestOf } from "./imageFiles.ts";
import type { StoredImage } from "./storedImage.ts";

/** What only an export tells of an engine's image, beside its layers. */
export interface RememberedExport {
  /** Digest of the config. */
  readonly imageId: Digest;
  /** With the history as the builder wrote it: an engine's own answers do not say which row made a layer. */
  readonly config: ImageConfig;
  /** One for each diffId. */
  readonly blobs: readonly RememberedBlob[];
}

/** The blob of one layer; both absent where the engine keeps none. */
export interface RememberedBlob {
  readonly transferBytes?: number;
  readonly blobDigest?: Digest;
}

/** What exports told, so that an image whose layers are all in the layer cache need not be exported again. One small file each; safe to delete. */
export interface ExportCache {
  /** What is remembered of the image that the engine calls `engineId`; undefined when there is nothing, or it is damaged. */
  find(engineId: Digest): Promise<RememberedExport | undefined>;
  /** Remembers; trouble with the disk is silent, for nothing depends on it. */
  remember(engineId: Digest, image: StoredImage): Promise<void>;
}

/** Kept at most; the oldest go first. */
const maxExports = 500;

/** The cache in a folder of its own beside the layers; undefined for none. */
export function openExportCache(cacheFolder: string | undefined): ExportCache {
  if (cacheFolder === undefined) {
    return { find: async () => undefined, remember: async () => undefined };
  }
  const folder = join(cacheFolder, "exports-1");
  const pathOf = (engineId: Digest): string => join(folder, `${engineId.replace(":", "-")}.json`);
  return {
    find: async (engineId) => {
      const text = await readFile(pathOf(engineId), "utf8").catch(() => undefined);
      return text === undefined ? undefined : parseRemembered(text);
    },
    remember: async (engineId, image) => {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const path = pathOf(engineId);
        // Whole or not at all, whoever else writes it. Environments of images may hold secrets.
        const draft = `${path}.${randomBytes(6).toString("hex")}`;
        await writeFile(draft, formatRemembered(image), { mode: 0o600, flag: "wx" });
        await rename(draft, path);
        await forgetOldest(folder);
      } catch {
        // A full or read-only disk costs the next reader an export, nothing more.
      }
    },
  };
}

function formatRemembered({ configText, layers }: StoredImage): string {
  const blobs = layers.map(({ transferBytes, blobDigest }) => ({ transferBytes, blobDigest }));
  return JSON.stringify({ config: configText, blobs });
}

function parseRemembered(text: string): RememberedExport | undefined {
  const problems: JsonProblems = [];
  const object = parseJsonObject(problems, text) ?? {};
  const configText = stringField(problems, object, "config") ?? "";
  const config = parseImageConfig(configText, "the cache");
  const blobs = (arrayField(problems, object, "blobs") ?? []).map((value): RememberedBlob => {
    const blob = toObject(problems, value, "a blob") ?? {};
    return withoutAbsent({
      transferBytes: bytesField(problems, blob, "transferBytes"),
      blobDigest: parseDigest(stringField(problems, blob, "blobDigest") ?? ""),
    });
  });
  if (!config.ok || problems.length > 0 || blobs.length !== config.value.diffIds.length) {
    return undefined;
  }
  const imageId = digestOf(new TextEncoder().encode(configText));
  return { imageId, config: config.value, blobs };
}

async function forgetOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= maxExports) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, age: (await stat(join(folder, name))).mtimeMs })),
  );
  aged.sort((a, b) => a.age - b.age);
  for (const { name } of aged.slice(0, names.length - maxExports)) {
    await rm(join(folder, name), { force: true });
  }
}
