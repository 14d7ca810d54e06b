import type { Dockerfile } from "../dockerfile/syntax.ts";
import { isSameImageName } from "../image/reference.ts";
import type { Platform } from "../image/imageConfig.ts";
import { formatPlatform } from "../image/imageConfig.ts";
import { parseBaseName } from "./baseName.ts";
import { variantNames } from "./baseVariants.ts";
import { basePlatform, type BuildPlatforms } from "./platforms.ts";

/** An image about which it is worth to ask an engine or a registry. */
export interface WantedBase {
  /** As `BaseWorld.findingsOf` is asked for it. */
  readonly name: string;
  readonly platform: Platform;
  /** Whether a stage stands on it, or only could. */
  readonly role: "base" | "variant";
}

/** The images that a file's stages stand on, in text order, then their smaller variants; each once for a platform. Names that only the build knows are left out. */
export function wantedBases(
  { stages }: Dockerfile,
  platforms: BuildPlatforms,
): readonly WantedBase[] {
  const bases = stages.flatMap(({ base, platform: stated }): readonly WantedBase[] => {
    const platform = basePlatform(stated, platforms);
    const isName = base.kind === "image" && parseBaseName(base.name) !== undefined;
    return isName && platform !== undefined ? [{ name: base.name, platform, role: "base" }] : [];
  });
  const variants = bases.flatMap(({ name, platform }) => {
    const parsed = parseBaseName(name);
    const names = parsed === undefined ? [] : variantNames(parsed);
    return names.map((variant): WantedBase => ({ name: variant, platform, role: "variant" }));
  });
  const keyOf = ({ name, platform }: WantedBase): string => `${name} ${formatPlatform(platform)}`;
  const seen = new Map<string, WantedBase>();
  for (const wanted of [...bases, ...variants]) {
    if (!seen.has(keyOf(wanted))) seen.set(keyOf(wanted), wanted);
  }
  return [...seen.values()];
}

/**
 * The image id under which an engine holds a base, from the names it lists; undefined when it does not hold it, and for a name with a digest, of
 * which a list of tags says nothing.
 */
export function heldImageId(
  name: string,
  listed: readonly { readonly reference: string; readonly imageId: string }[],
): string | undefined {
  if (parseBaseName(name)?.digest !== undefined) return undefined;
  return listed.find(({ reference }) => isSameImageName(reference, name))?.imageId;
}
