import { homedir } from "node:os";
import type { ImageError } from "../core/analysis.ts";
import type { Result } from "../core/result.ts";
import type { OpenedImage } from "../io/imageSource.ts";
import { userCacheFolder } from "../io/userCacheFolder.ts";
import type { CliHost, ImageToOpen } from "./host.ts";

/** The process as a host. The first interrupt asks to stop, a second one ends the process as it does by default. */
export function processHost(): CliHost {
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    signal: interrupt.signal,
    openImage: openOnThisMachine,
    async measureStart(request, signal) {
      const { measureStart } = await import("../io/startTime.ts");
      return measureStart({}, request, signal);
    },
  };
}

/** Loads what reads images with the first image: help and wrong use do not wait for it. */
async function openOnThisMachine(
  { reference, baseFolder, platform, isCached }: ImageToOpen,
  signal: AbortSignal,
): Promise<Result<OpenedImage, ImageError>> {
  const cacheFolder = userCacheFolder({
    environment: process.env,
    homeFolder: homedir(),
    system: process.platform,
  });
  const { openImage } = await import("../io/openImage.ts");
  return openImage(reference, {
    signal,
    baseFolder,
    ...(platform === undefined ? {} : { platform }),
    ...(isCached && cacheFolder !== undefined ? { cacheFolder } : {}),
  });
}
