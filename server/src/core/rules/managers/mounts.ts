import { mountTargetsOf } from "../../dockerfile/mounts.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";
import { isAtOrAbove, placesOf } from "./places.ts";

/** Whether all of these places lie in mounts of a RUN, whose files stay out of the layer; a target that is not known counts. */
export function isMounted(
  run: Instruction,
  places: readonly string[],
  homes: readonly string[],
): boolean {
  const known = mountTargetsOf(run).map((target) => placesOf(target, noVariables, homes));
  if (known.includes(undefined)) return true;
  // The homes of a cache are alternatives: a mount in one of them is the one.
  return known.flat().some((target) => {
    return target !== undefined && places.some((place) => isAtOrAbove(target, place));
  });
}

const noVariables = new Map<string, string>();

/** Whether the file is built by BuildKit: it says so, uses what only BuildKit has, or its image was. */
export function usesBuildKit(context: RuleContext): boolean {
  if (context.attribution?.builder === "buildkit") return true;
  return context.recall("whether the text needs BuildKit", () => needsBuildKit(context));
}

function needsBuildKit({ dockerfile }: RuleContext): boolean {
  if (/^\uFEFF?(?:\s*#[^\n]*\n)*\s*#\s*syntax\s*=/i.test(dockerfile.text.slice(0, 2000)))
    return true;
  return dockerfile.instructions.some(
    ({ heredocs, flags }) =>
      heredocs.length > 0 || flags.some(({ name }) => buildKitFlags.has(name)),
  );
}

const buildKitFlags: ReadonlySet<string> = new Set([
  "mount",
  "network",
  "security",
  "link",
  "chmod",
  "parents",
  "exclude",
  "checksum",
  "keep-git-dir",
]);
