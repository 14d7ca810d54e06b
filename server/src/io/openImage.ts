import { open, stat, type FileHandle } from "node:fs/promises";
import { arch, homedir, platform as hostSystem } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { ImageDescription } from "../core/image/image.ts";
import type { Platform } from "../core/image/imageConfig.ts";
import type { ImageError } from "../core/image/imageError.ts";
import { withoutAbsent } from "../core/image/json.ts";
import { parsePlatform, type PlatformWish } from "../core/image/manifest.ts";
import {
  formatImageReference,
  parseImageReference,
  type ImageReference,
} from "../core/image/reference.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { openCompressedArchive } from "./compressedArchive.ts";
import { sniffCompression } from "./decoder.ts";
import { findArchivedImage } from "./dockerArchive.ts";
import { connectEngine } from "./dockerEngine.ts";
import type { EngineSearch } from "./engineEndpoints.ts";
import { readEngineImage } from "./engineExport.ts";
import { readEngineFile } from "./engineFile.ts";
import { describeEngineImage } from "./engineImage.ts";
import { defaultTimeouts, type EngineTimeouts } from "./engineRequest.ts";
import { openExportCache } from "./exportCache.ts";
import { openFolder } from "./folderFiles.ts";
import type { OwnOptions } from "./imageFile.ts";
import type { ImageFiles } from "./imageFiles.ts";
import type { OpenedImage } from "./imageSource.ts";
import type { Limits } from "./limits.ts";
import { findOciImage } from "./ociLayout.ts";
import { openStored } from "./storedImage.ts";
import { isTarHeader, openTar } from "./tarFiles.ts";
import type { ThreadStock } from "./threadStock.ts";

/** Where engines are looked for; what is left out is the process's own. */
export interface EngineOptions {
  /** The user's setting; see `EngineSearch`. */
  readonly endpoint?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly homeFolder?: string;
  readonly timeouts?: EngineTimeouts;
}

/** How an image is opened. */
export interface OpenOptions extends EngineOptions {
  readonly signal: AbortSignal;
  /** Relative paths start here. */
  readonly baseFolder: string;
  /** `os/architecture[/variant]` that the image must be for; without it the host's is preferred. */
  readonly platform?: string;
  /** Folder of the layer cache; undefined for no cache. */
  readonly cacheFolder?: string;
  /** How large that folder may grow; see `ReadOptions`. */
  readonly cacheMaximumBytes?: number;
  /** Ceilings for the layers; see `ReadOptions`. */
  readonly limits?: Limits;
  /** Where threads that read single files come from; see `OwnOptions`. */
  readonly threads?: ThreadStock;
}

/**
 * Opens the image that a reference text names; what it may be is said at `parseImageReference`. A name that is also a path of an image on the disk
 * is that image. The caller closes it.
 */
export async function openImage(
  text: string,
  options: OpenOptions,
): Promise<Result<OpenedImage, ImageError>> {
  const reference = parseImageReference(text);
  const required = options.platform === undefined ? undefined : parsePlatform(options.platform);
  if (options.platform !== undefined && required === undefined) {
    const wanted = `${text} for the platform ${options.platform}`;
    return fail({ code: "image-not-found", reference: wanted, place: "any store" });
  }
  const platform = { preferred: hostPlatform(), ...withoutAbsent({ required }) };
  const opened =
    reference.kind === "engine"
      ? await openNamed(reference.name, platform, options)
      : await openStoredReference(reference, platform, options);
  return options.signal.aborted ? abandon(opened) : opened;
}

/** Only what is known before any layer is read. */
export async function describeImage(
  text: string,
  options: OpenOptions,
): Promise<Result<ImageDescription, ImageError>> {
  const opened = await openImage(text, options);
  if (!opened.ok) return opened;
  await opened.value.close();
  return succeed(opened.value.description);
}

/** Where an engine is looked for, completed by what the process knows. */
export function engineSearch(options: EngineOptions): EngineSearch {
  return {
    ...withoutAbsent({ endpoint: options.endpoint }),
    environment: options.environment ?? process.env,
    homeFolder: options.homeFolder ?? homedir(),
    platform: hostSystem(),
  };
}

async function abandon(
  opened: Result<OpenedImage, ImageError>,
): Promise<Result<never, ImageError>> {
  if (opened.ok) await opened.value.close();
  return fail({ code: "cancelled" });
}

const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

/** For which platform engines of this machine build unless told. Containers are Linux, also under Docker Desktop on other systems. */
export function hostPlatform(): Platform {
  return { os: "linux", architecture: architectures[arch()] ?? arch() };
}

async function openNamed(
  name: string,
  platform: PlatformWish,
  options: OpenOptions,
): Promise<Result<OpenedImage, ImageError>> {
  const isOnDisk = isArchiveName(name) || (await isStoredImage(resolve(options.baseFolder, name)));
  const stored = isOnDisk
    ? await openStoredReference({ kind: "path", path: name }, platform, options)
    : undefined;
  if (stored !== undefined && (stored.ok || isArchiveName(name))) return stored;
  const engine = await openInEngine(name, platform, options);
  // A folder or file of that name may have nothing to do with images; where it is all there is, its trouble is told.
  return engine.ok ? engine : (stored ?? engine);
}

/** Nobody names an image like an archive: what is wrong with the file is what a user wants to know. */
function isArchiveName(name: string): boolean {
  return /\.(tar|tgz|tar\.\w+)$/i.test(name);
}

async function openInEngine(
  name: string,
  platform: PlatformWish,
  options: OpenOptions,
): Promise<Result<OpenedImage, ImageError>> {
  const { signal } = options;
  const search = engineSearch(options);
  const engine = await connectEngine(search, signal, options.timeouts ?? defaultTimeouts);
  if (!engine.ok) return engine;
  const exports = openExportCache(options.cacheFolder);
  const lookUp = { platform, exports, signal };
  const image = await describeEngineImage(engine.value, name, lookUp);
  if (!image.ok) return image;
  const reading = { engine: engine.value, exports, platform };
  const own = readingOptions(options);
  return succeed({
    description: image.value.description,
    read: (readOptions) => readEngineImage(reading, image.value, { ...readOptions, ...own }),
    readFile: (request) => readEngineFile(reading, image.value, request, own),
    close: async () => undefined,
  });
}

/** Whether the path leads to something that could be an image; a name is then taken for it. */
async function isStoredImage(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) {
    const marks = ["index.json", "manifest.json"].map((name) => stat(join(path, name)));
    return (await Promise.allSettled(marks)).some(({ status }) => status === "fulfilled");
  }
  if (found?.isFile() !== true) return false;
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return false;
  const head = await readHead(handle).catch(() => undefined);
  await handle.close();
  return head !== undefined && (sniffCompression(head) !== "plain" || isTarHeader(head));
}

async function readHead(handle: FileHandle): Promise<Uint8Array> {
  const head = new Uint8Array(512);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  return head.subarray(0, bytesRead);
}

type StoredReference = Exclude<ImageReference, { kind: "engine" }>;

async function openStoredReference(
  reference: StoredReference,
  platform: PlatformWish,
  options: OpenOptions,
): Promise<Result<OpenedImage, ImageError>> {
  const text = formatImageReference(reference);
  if (reference.path === "") {
    return fail({ code: "image-not-found", reference: text, place: "any store" });
  }
  const { path, tag } = await findPath(reference, options);
  const files = await openFiles(text, path, options.signal);
  if (!files.ok) return files;
  const wish = { reference: text, platform, ...withoutAbsent({ tag }) };
  const find = reference.kind === "oci" ? findOciImage : findArchivedImage;
  const image = await find(files.value, wish).catch((error: unknown) => diskTrouble(path, error));
  if (!image.ok) {
    await files.value.close();
    return image;
  }
  return succeed(openStored(files.value, image.value, text, readingOptions(options)));
}

function readingOptions({
  cacheFolder,
  cacheMaximumBytes,
  limits,
  threads,
}: OpenOptions): OwnOptions {
  return withoutAbsent({ cacheFolder, cacheMaximumBytes, limits, threads });
}

/** The path on this disk. A colon in a file name looks like a tag; what exists decides. */
async function findPath(
  reference: StoredReference,
  { baseFolder, homeFolder }: OpenOptions,
): Promise<{ readonly path: string; readonly tag?: string }> {
  const absolute = (path: string): string =>
    /^~[\\/]/.test(path) ? join(homeFolder ?? homedir(), path.slice(2)) : resolve(baseFolder, path);
  const path = absolute(reference.path);
  const tag = reference.kind === "path" ? undefined : reference.tag;
  if (tag === undefined) return { path };
  const whole = absolute(`${reference.path}:${tag}`);
  const exists = (candidate: string): Promise<boolean> =>
    stat(candidate).then(
      () => true,
      () => false,
    );
  return !(await exists(path)) && (await exists(whole)) ? { path: whole } : { path, tag };
}

async function openFiles(
  reference: string,
  path: string,
  signal: AbortSignal,
): Promise<Result<ImageFiles, ImageError>> {
  const invalid = (reason: string): Result<never, ImageError> =>
    fail({ code: "manifest-invalid", where: path, reason });
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error.code ?? "");
  if (found === "ENOENT" || found === "ENOTDIR") {
    return fail({ code: "image-not-found", reference, place: dirname(path) });
  }
  if (typeof found === "string") return invalid(`it cannot be opened, ${found}`);
  if (found.isDirectory()) return succeed(await openFolder(path));
  if (!found.isFile()) return invalid("it is neither a file nor a folder");
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return invalid("this user may not read it");
  const files = await openArchive(path, handle, signal).catch((error: unknown) =>
    diskTrouble(path, error),
  );
  if (!files.ok) await handle.close();
  return files;
}

/** What a failing disk or file system means for an image; any other exception is a mistake in Tare, and goes on. */
function diskTrouble(path: string, error: unknown): Result<never, ImageError> {
  if (!(error instanceof Error && "syscall" in error && "code" in error)) throw error;
  const reason = `it cannot be read, ${String(error.code)}`;
  return fail({ code: "manifest-invalid", where: path, reason });
}

async function openArchive(
  path: string,
  handle: FileHandle,
  signal: AbortSignal,
): Promise<Result<ImageFiles, ImageError>> {
  const head = await readHead(handle);
  const compression = sniffCompression(head);
  if (typeof compression === "object") {
    const mediaType = `application/x-${compression.unsupported}`;
    return fail({ code: "media-type-unsupported", where: path, mediaType });
  }
  if (compression !== "plain") {
    await handle.close();
    return openCompressedArchive({ path, compression }, signal);
  }
  if (isTarHeader(head)) return openTar(path, handle, signal);
  return fail({ code: "manifest-invalid", where: path, reason: "it is no tar archive" });
}
