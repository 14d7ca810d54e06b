import type { Platform } from "../image/imageConfig.ts";
import { parsePlatform } from "../image/manifest.ts";

/** For which platforms a build is; both the engine's own in a build that is not told otherwise. */
export interface BuildPlatforms {
  /** TARGETPLATFORM: what the image is for. */
  readonly target: Platform;
  /** BUILDPLATFORM: what the build runs on. */
  readonly build: Platform;
}

/** The platform of a stage's base image: what its `--platform` states, else the target. Undefined when that depends on what only the build knows. */
export function basePlatform(
  stated: string | undefined,
  platforms: BuildPlatforms,
): Platform | undefined {
  if (stated === undefined) return platforms.target;
  const variable = /^\$\{?(BUILD|TARGET)PLATFORM\}?$/.exec(stated)?.[1];
  if (variable === undefined) return parsePlatform(stated);
  return variable === "BUILD" ? platforms.build : platforms.target;
}
