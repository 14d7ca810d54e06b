import type { Platform } from "../image/imageConfig.ts";
import { parsePlatform } from "../image/manifest.ts";

/** Variants that an architecture has where none is written. containerd platforms § Normalize. */
const usualVariants: Readonly<Record<string, string>> = { arm: "v7", arm64: "v8" };

/**
 * Whether an image of this platform is meant by a platform as somebody wrote it. Without a variant all variants are; false while the
 * platform is not known.
 */
export function isOfPlatform(platform: Platform | undefined, written: string): boolean {
  const meant = parsePlatform(written);
  if (platform === undefined || meant === undefined) return false;
  const { os, architecture, variant = usualVariants[platform.architecture] } = platform;
  const isSame = meant.os === os && meant.architecture === architecture;
  return isSame && (meant.variant === undefined || meant.variant === variant);
}
