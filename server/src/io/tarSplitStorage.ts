import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type DiffId, type Digest, parseDigest } from "../core/image/digest.ts";
import { type ImageConfig, parseImageConfig } from "../core/image/imageConfig.ts";
import { fieldOf, objectField, stringField, type JsonObject } from "../core/image/json.ts";
import type { Engine } from "./dockerEngine.ts";
import { digestOf } from "./imageFiles.ts";
import type { CachedLayer, SplitLayer } from "./layerSource.ts";
import type { StoredImage } from "./storedImage.ts";

/** An image as it lies in its engine's storage. */
export interface SplitImage {
  readonly stored: StoredImage;
  /** One for each diffId, base first. */
  readonly sources: readonly (SplitLayer | CachedLayer)[];
}

/**
 * Where on this machine an engine keeps what it inspected, as far as its answer tells; undefined where that is no overlay2 storage of an engine that
 * may be here. Whether it is here, and may be read, is found out by reading.
 */
export function storageRootOf(engine: Engine, inspected: JsonObject): string | undefined {
  const isNear = process.platform === "linux" && engine.endpoint.connection.kind === "socket";
  if (!isNear || engine.kind === "podman") return undefined;
  const driver = objectField([], inspected, "GraphDriver") ?? {};
  if (fieldOf(driver, "Name") !== "overlay2") return undefined;
  const folder = stringField([], objectField([], driver, "Data") ?? {}, "UpperDir") ?? "";
  return /^(\/.+)\/overlay2\/[^/]+\/diff$/.exec(folder)?.[1];
}

/**
 * The config and the layers of an image in an overlay2 storage (moby layer/filestore.go, image/fs.go); undefined when anything is missing, may not be read or
 * is of another image. Layers of `cached` are not looked for. Nothing is ever written there.
 */
export async function findSplitImage(
  root: string,
  imageId: Digest,
  diffIds: readonly DiffId[],
  cached: ReadonlySet<DiffId>,
): Promise<SplitImage | undefined> {
  try {
    const document = await readConfigOf(root, imageId);
    if (document === undefined || document.config.diffIds.join() !== diffIds.join()) {
      return undefined;
    }
    const chainIds = chainIdsOf(diffIds);
    const sources = await Promise.all(
      diffIds.map(async (diffId, index) => {
        if (cached.has(diffId)) return { kind: "cached", diffId } as const;
        return findSplitLayer(root, diffId, chainIds[index] ?? "");
      }),
    );
    const layers = diffIds.map((diffId) => ({ name: diffId, diffId }));
    const found = sources.filter((source) => source !== undefined);
    if (found.length < sources.length) return undefined;
    return { sources: found, stored: { source: "engine", imageId, layers, ...document } };
  } catch {
    // Whatever the file system refuses: an engine elsewhere, or one whose files this user may not read.
    return undefined;
  }
}

/** What names each layer together with all below it. image-spec config.md § Layer ChainID. */
export function chainIdsOf(diffIds: readonly DiffId[]): readonly Digest[] {
  const chainIds: Digest[] = [];
  for (const diffId of diffIds) {
    const below = chainIds.at(-1);
    chainIds.push(below === undefined ? diffId : digestOf(Buffer.from(`${below} ${diffId}`)));
  }
  return chainIds;
}

async function readConfigOf(
  root: string,
  imageId: Digest,
): Promise<{ readonly config: ImageConfig; readonly configText: string } | undefined> {
  const hex = hexOf(imageId);
  if (hex === undefined) return undefined;
  const bytes = await readFile(join(root, "image/overlay2/imagedb/content/sha256", hex));
  if (createHash("sha256").update(bytes).digest("hex") !== hex) return undefined;
  const configText = bytes.toString("utf8");
  const config = parseImageConfig(configText, root);
  return config.ok ? { config: config.value, configText } : undefined;
}

async function findSplitLayer(
  root: string,
  diffId: DiffId,
  chainId: Digest,
): Promise<SplitLayer | undefined> {
  const hex = hexOf(chainId);
  if (hex === undefined) return undefined;
  const folder = join(root, "image/overlay2/layerdb/sha256", hex);
  const path = join(folder, "tar-split.json.gz");
  const [statedDiffId, cacheId, statedBytes, found] = await Promise.all([
    readFile(join(folder, "diff"), "utf8"),
    readFile(join(folder, "cache-id"), "utf8"),
    readFile(join(folder, "size"), "utf8"),
    stat(path),
  ]);
  const name = cacheId.trim();
  const isIts = parseDigest(statedDiffId.trim()) === diffId;
  if (!isIts || !found.isFile() || !/^[a-z0-9]+$/i.test(name)) return undefined;
  const contentBytes = Math.max(0, Number(statedBytes) || 0);
  const contents = join(root, "overlay2", name, "diff");
  return { kind: "split", diffId, path, length: found.size, folder: contents, contentBytes };
}

function hexOf(digest: Digest): string | undefined {
  return /^sha256:([a-f0-9]{64})$/.exec(digest)?.[1];
}
