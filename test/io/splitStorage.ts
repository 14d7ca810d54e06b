import assert from "node:assert/strict";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { createTarStream } from "../../server/src/core/image/tarStream.ts";
import { defaultLimits } from "../../server/src/io/limits.ts";
import { chainIdsOf } from "../../server/src/io/tarSplitStorage.ts";
import { type ImageBuilder, digestOf } from "../support/imageBuilder.ts";

/** Writes a layer as an overlay2 engine keeps it: contents below `folder`, all else of the tar in lines. */
export async function splitTar(tar: Uint8Array, folder: string, framePath: string): Promise<void> {
  const lines: object[] = [];
  let at = 0;
  const frameTo = (end: number): void => {
    const payload = Buffer.from(tar.subarray(at, end)).toString("base64");
    lines.push({ type: 2, payload, position: lines.length });
    at = end;
  };
  const contents: { readonly path: Buffer; readonly bytes: Uint8Array }[] = [];
  const stream = createTarStream(
    {
      entry({ path, pathLength, bodyOffset }, storedBytes) {
        const name = Buffer.from(path.subarray(0, pathLength));
        const isText = Buffer.from(name.toString("utf8")).equals(name);
        const named = isText ? { name: name.toString() } : { name_raw: name.toString("base64") };
        frameTo(storedBytes === 0 ? stream.tarBytes() : bodyOffset);
        const size = storedBytes === 0 ? {} : { size: storedBytes };
        lines.push({ type: 1, ...named, ...size, payload: null, position: lines.length });
        if (storedBytes === 0) return undefined;
        at = bodyOffset + storedBytes;
        contents.push({ path: name, bytes: tar.subarray(bodyOffset, at) });
        return undefined;
      },
      body: () => undefined,
      bodyEnd: () => undefined,
    },
    defaultLimits,
  );
  assert.equal(stream.push(tar), undefined);
  frameTo(tar.length);
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  await mkdir(dirname(framePath), { recursive: true });
  await writeFile(framePath, gzipSync(text));
  await mkdir(folder, { recursive: true });
  for (const { path, bytes } of contents) {
    const target = Buffer.concat([Buffer.from(`${folder}/`), path]);
    await mkdir(target.subarray(0, target.lastIndexOf("/")), { recursive: true });
    await writeFile(target, bytes);
  }
}

/** Where the parts of an engine's storage lie. */
export interface Storage {
  readonly root: string;
  /** Where the layer's contents lie. */
  readonly folderOf: (layer: number) => string;
  /** A file of the layer's record. */
  readonly recordOf: (layer: number, name: string) => string;
  readonly configPath: string;
}

/** The storage of an overlay2 engine that holds just this image. */
export async function writeStorage(parent: string, image: ImageBuilder): Promise<Storage> {
  const root = await mkdtemp(join(parent, "root-"));
  const tars = image.layerTars();
  const diffIds = tars.map((tar) => digestOf(tar));
  const chainIds = chainIdsOf(diffIds);
  const hexOf = (digest = ""): string => digest.slice("sha256:".length);
  const storage: Storage = {
    root,
    folderOf: (layer) => join(root, "overlay2", `c${layer}`, "diff"),
    recordOf: (layer, name) =>
      join(root, "image/overlay2/layerdb/sha256", hexOf(chainIds[layer]), name),
    configPath: join(
      root,
      "image/overlay2/imagedb/content/sha256",
      hexOf(digestOf(image.configJson())),
    ),
  };
  for (const [layer, tar] of tars.entries()) {
    await splitTar(tar, storage.folderOf(layer), storage.recordOf(layer, "tar-split.json.gz"));
    await writeFile(storage.recordOf(layer, "diff"), diffIds[layer]!);
    await writeFile(storage.recordOf(layer, "cache-id"), `c${layer}`);
    await writeFile(storage.recordOf(layer, "size"), String(tar.length));
  }
  await mkdir(dirname(storage.configPath), { recursive: true });
  await writeFile(storage.configPath, image.configJson());
  return storage;
}
