import { expandVariables, type Variables } from "../dockerfile/expand.ts";
import { formatPlatform, type Platform } from "../image/imageConfig.ts";
import { parsePlatform } from "../image/manifest.ts";

/** For which platforms a build is; both the engine's own in a build that is not told otherwise. */
export interface BuildPlatforms {
  /** TARGETPLATFORM: what the image is for. */
  readonly target: Platform;
  /** BUILDPLATFORM: what the build runs on. */
  readonly build: Platform;
}

/**
 * The platform of a stage's base image: what its `--platform` states, with the arguments that BuildKit always sets filled in, else the target.
 * Undefined when it depends on other arguments, or is no platform. Dockerfile reference § Automatic platform ARGs.
 */
export function basePlatform(
  stated: string | undefined,
  platforms: BuildPlatforms,
): Platform | undefined {
  if (stated === undefined) return platforms.target;
  const filled = expandVariables(stated, automaticArguments(platforms));
  return filled === undefined ? undefined : parsePlatform(filled.replace(/\/$/, ""));
}

function automaticArguments({ target, build }: BuildPlatforms): Variables {
  const argumentsOf = (prefix: string, platform: Platform): readonly [string, string][] => [
    [`${prefix}PLATFORM`, formatPlatform(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant ?? ""],
  ];
  return new Map([...argumentsOf("TARGET", target), ...argumentsOf("BUILD", build)]);
}
