import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import type { ImageError } from "../core/image/imageError.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { sniffedBytes } from "./decoder.ts";
import { isCompressed, normaliseName, type ImageFiles, type StoredBlob } from "./imageFiles.ts";

/** The files of an image store that is a folder. Nothing outside the folder is opened, whatever names and symlinks say. */
export async function openFolder(folder: string): Promise<ImageFiles> {
  const root = await realpath(folder);
  return {
    place: folder,
    readSmallFile: (name, maxBytes) => readSmallFile(root, name, maxBytes),
    findBlob: async (name) => (await findRegion(root, name))?.blob,
    openLayers: async (wanted) => {
      const regions = await Promise.all(wanted.map(({ name }) => findRegion(root, name)));
      const sources = wanted.flatMap(({ diffId }, index) => {
        const region = regions[index];
        if (region === undefined) return [];
        const { path, blob } = region;
        return [{ kind: "file" as const, diffId, path, offset: 0, length: blob.blobBytes }];
      });
      if (sources.length === wanted.length) return succeed(sources);
      const missing = wanted[regions.indexOf(undefined)];
      return fail(goneError(missing?.diffId ?? folder));
    },
    close: async () => undefined,
  };
}

function goneError(layer: string): ImageError {
  return { code: "layer-unreadable", layer, reason: "its file is gone" };
}

interface Region {
  readonly path: string;
  readonly blob: StoredBlob;
}

async function findRegion(root: string, name: string): Promise<Region | undefined> {
  const file = await openInside(root, name);
  if (file === undefined || file === "denied") return undefined;
  const { handle, path } = file;
  try {
    const head = new Uint8Array(sniffedBytes);
    await handle.read(head, 0, head.length, 0);
    const { size } = await handle.stat();
    return { path, blob: { blobBytes: size, isCompressed: isCompressed(head) } };
  } finally {
    await handle.close();
  }
}

async function readSmallFile(
  root: string,
  name: string,
  maxBytes: number,
): Promise<Result<Uint8Array | undefined, ImageError>> {
  const file = await openInside(root, name);
  if (file === undefined) return succeed(undefined);
  if (file === "denied") {
    const where = join(root, name);
    return fail({ code: "manifest-invalid", where, reason: "this user may not read it" });
  }
  const { handle, path } = file;
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) return fail(tooLong(path, maxBytes));
    return succeed(await handle.readFile());
  } finally {
    await handle.close();
  }
}

/** The error for a document longer than is read. */
export function tooLong(where: string, maxBytes: number): ImageError {
  return { code: "limit-exceeded", limit: `${maxBytes} bytes for a manifest or config`, where };
}

type OpenedFile = {
  readonly handle: Awaited<ReturnType<typeof open>>;
  readonly path: string;
};

/** A regular file whose real path is inside the folder; undefined otherwise, "denied" where this user may not open it. Never waits for a pipe or device. */
async function openInside(root: string, name: string): Promise<OpenedFile | "denied" | undefined> {
  const inside = normaliseName(name);
  if (inside === undefined || inside.includes("\0")) return undefined;
  const path = await realpath(join(root, inside)).catch(whyNot);
  if (typeof path !== "string" || path === "denied") return path;
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const handle = await open(path, flags).catch(whyNot);
  if (handle === undefined || handle === "denied") return handle;
  if ((await handle.stat()).isFile()) return { handle, path };
  await handle.close();
  return undefined;
}

function whyNot({ code }: NodeJS.ErrnoException): "denied" | undefined {
  return code === "EACCES" || code === "EPERM" ? "denied" : undefined;
}
