import { existsSync } from "node:fs";
import { homedir } from "node:os";
import type { ImageError, ReadImage } from "../core/analysis.ts";
import { parseImageReference } from "../core/analysis.ts";
import type { Result } from "../core/result.ts";
import { fail, succeed } from "../core/result.ts";
import { openBuildContext } from "../io/buildContext.ts";
import { lookAtArchives } from "../io/buildContextArchives.ts";
import { findContextRoot } from "../io/buildContextRoot.ts";
import { buildTemporaryImage } from "../io/buildCompare.ts";
import { readDockerignore } from "../io/dockerignoreFile.ts";
import { listImages, watchEngine } from "../io/engineImages.ts";
import { listImageLayers } from "../io/engineLayers.ts";
import { findArchives } from "../io/findArchives.ts";
import { readGitCommit } from "../io/gitCommit.ts";
import { defaultLimits } from "../io/limits.ts";
import type { OpenOptions } from "../io/openImage.ts";
import { readIndexedImage } from "../io/indexedImage.ts";
import { describeImage, hostPlatform, openImage } from "../io/openImage.ts";
import { openRecordFiles } from "../io/recordFiles.ts";
import type { Registries } from "../io/registry.ts";
import { measureStart } from "../io/startTime.ts";
import { createThreadStock } from "../io/threadStock.ts";
import { userCacheFolder } from "../io/userCacheFolder.ts";
import { watchImage } from "../io/watchImage.ts";
import type { EngineAccess, Host, ImageRequest } from "./host.ts";

/** This machine as a host: its engines, its disk, its clock. */
export function nodeHost(): Host {
  const pages = rulePages();
  const hasPages = existsSync(pages);
  const cacheFolder = userCacheFolder({
    environment: process.env,
    homeFolder: homedir(),
    system: process.platform,
  });
  let registries: Promise<Registries> | undefined;
  return {
    openImage: openerOfImages(),
    describeImage: (request, signal) => opening(request, signal, describeImage),
    readIndexed,
    listEngineImages: async (access, signal) =>
      access.isEnabled ? listImages(engineOptions(access), signal) : succeed([]),
    listImageLayers: async (access, known, signal) =>
      access.isEnabled
        ? listImageLayers(engineOptions(access), known, signal)
        : succeed({ images: [], isComplete: true }),
    openRecords: openRecordFiles,
    readGitCommit,
    nowMs: Date.now,
    findArchives,
    watchEngine(access, onChange) {
      const watching = new AbortController();
      watchEngine(engineOptions(access), onChange, watching.signal);
      return () => watching.abort();
    },
    watchFiles: ({ reference, baseFolder }, onChange) =>
      watchImage(reference, { baseFolder: baseFolder ?? homedir() }, onChange),
    readDockerignore,
    buildTemporaryImage,
    measureStart: (access, request, signal) => measureStart(engineOptions(access), request, signal),
    findContextRoot,
    openContext: openBuildContext,
    lookAtArchives,
    async lookUpInRegistry(name, platform, signal) {
      registries ??= startRegistries(cacheFolder);
      return (await registries).lookUp(name, platform, signal);
    },
    platform: hostPlatform(),
    rulePage: (code) => (hasPages ? new URL(`${code}.md`, pages).href : undefined),
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    cacheFolder,
  };
}

/** Keeps a thread for single files for a while: who opens one opens another soon. */
function openerOfImages(): Host["openImage"] {
  const threads = createThreadStock({ idleThreads: 1, idleMs: 60_000 });
  return (request, signal) =>
    opening(request, signal, (text, options) => openImage(text, { ...options, threads }));
}

async function readIndexed(
  request: ImageRequest,
  signal: AbortSignal,
): Promise<ReadImage | undefined> {
  const read = await opening(request, signal, async (reference, options) =>
    succeed(await readIndexedImage(reference, options)),
  );
  return read.ok ? read.value : undefined;
}

/** Loaded with the first question: most users never allow one. */
async function startRegistries(cacheFolder: string | undefined): Promise<Registries> {
  const { openRegistries } = await import("../io/registry.ts");
  return openRegistries({
    cacheFolder,
    environment: process.env,
    homeFolder: homedir(),
    nowMs: Date.now,
  });
}

/** Beside the sources, and beside the bundle. */
function rulePages(): URL {
  const isSource = import.meta.url.endsWith(".ts");
  return new URL(isSource ? "../../docs/rules/" : "../docs/rules/", import.meta.url);
}

/** Without an engine a name can still be a path; nothing is asked over the network then. */
async function opening<T>(
  { reference, baseFolder, platform, engine, cache, limits }: ImageRequest,
  signal: AbortSignal,
  open: (text: string, options: OpenOptions) => Promise<Result<T, ImageError>>,
): Promise<Result<T, ImageError>> {
  const options: OpenOptions = {
    signal,
    baseFolder: baseFolder ?? homedir(),
    ...engineOptions(engine),
    ...(platform === undefined ? {} : { platform }),
    ...(cache.folder === undefined ? {} : { cacheFolder: cache.folder }),
    cacheMaximumBytes: cache.maximumBytes,
    limits: { ...defaultLimits, entries: limits.entries, tarBytes: limits.layerBytes },
  };
  if (engine.isEnabled || parseImageReference(reference).kind !== "engine") {
    return open(reference, options);
  }
  const found = await open(`./${reference}`, options);
  if (found.ok || found.error.code !== "image-not-found") return found;
  return fail({
    code: "engine-unreachable",
    endpoint: "any address",
    reason: "the setting tare.engine.enabled is off",
  });
}

function engineOptions({ endpoint }: EngineAccess): { readonly endpoint?: string } {
  return endpoint === undefined ? {} : { endpoint };
}
