import type { ElfSegment } from "./elfSegments.ts";
import type { ElfRemovable } from "./elfLabels.ts";

/**
 * What bytes of a binary are there for. Of what is loaded `code` may be run, `variables` may be written, `constants` neither; `debug` and `symbols` are what strip takes
 * away; `go-own` is of the main package and its module, `go-standard` of Go's library, `go-other` of all other packages (of the main one too where the program does not
 * name its module); `appended` is behind all that the headers name; `not-loaded` is none of these.
 */
export type ElfUse = (typeof elfUses)[number];

/** In the order in which views give them their colours: what weighs most first. */
export const elfUses = [
  "code",
  "constants",
  "variables",
  "go-standard",
  "go-other",
  "go-own",
  "symbols",
  "padding",
  "headers",
  "debug",
  "appended",
  "not-loaded",
] as const;

/** By its flags, as the loader takes them. System V gABI § Sections, sh_flags. */
export function useOfSection(
  flags: {
    readonly isLoaded: boolean;
    readonly isWritable: boolean;
    readonly isExecutable: boolean;
  },
  removable: ElfRemovable | undefined,
): ElfUse {
  return removable ?? (flags.isLoaded ? useOfLoaded(flags) : "not-loaded");
}

/** By its flags; the name of the loader is constant, what the loader is told is filled in by it. System V gABI § Program Header, p_flags. */
export function useOfSegment(segment: ElfSegment): ElfUse {
  return useOfLoaded(segment);
}

function useOfLoaded({
  isWritable,
  isExecutable,
}: Pick<ElfSegment, "isWritable" | "isExecutable">): ElfUse {
  if (isExecutable) return "code";
  return isWritable ? "variables" : "constants";
}

/** What most of the bytes are there for; of equals the first. `not-loaded` for none. */
export function mainUseOf(
  parts: readonly { readonly use: ElfUse; readonly bytes: number }[],
): ElfUse {
  const tally = new Map<ElfUse, number>();
  for (const { use, bytes } of parts) tally.set(use, (tally.get(use) ?? 0) + bytes);
  const [heaviest] = [...tally].toSorted(([, a], [, b]) => b - a);
  return heaviest?.[0] ?? "not-loaded";
}
