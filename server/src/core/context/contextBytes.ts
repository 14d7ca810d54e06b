import type { Dockerfile, Instruction } from "../dockerfile/syntax.ts";
import type { Result } from "../result.ts";
import type { BuildContext } from "./buildContext.ts";
import type { ContextUnknown } from "./contextUnknown.ts";
import { planCopy, type CopyPlan } from "./copyPlan.ts";
import { pickSources, type ArchiveLook, type PickedSource } from "./pickSources.ts";
import { heaviestPlaces, type ContextPlace } from "./heaviestPlaces.ts";
import { writtenFiles } from "./writtenFiles.ts";

/** What COPY or ADD brings into its layer from the build context. */
export type ContextBytes =
  | {
      readonly kind: "known";
      /** Sum of the sizes of the files that the layer will hold; hard links within a source, and files that another source overwrites, once. */
      readonly contentBytes: number;
      /** Regular files that the layer will hold; hard links count at each of their paths. */
      readonly fileCount: number;
      /** At most `placeLimit` files and folders of the context, none inside another, heaviest first; heredocs are not among them. */
      readonly heaviest: readonly ContextPlace[];
    }
  | { readonly kind: "unknown"; readonly unknown: ContextUnknown };

/** What else is known or wanted. */
export interface ContextBytesOptions {
  /** What was found in local files that ADD may unpack, by path; files without an entry were not looked at. */
  readonly archives?: ReadonlyMap<string, ArchiveLook>;
  /** Default 8. */
  readonly placeLimit?: number;
}

/**
 * The bytes that an instruction will bring in, before any build: exactly what BuildKit writes, or unknown with the reason. Variables have the
 * values of a build without arguments. O(entries below its sources), without a look at the disk.
 */
export function contextBytesOf(
  dockerfile: Dockerfile,
  instruction: Instruction,
  context: BuildContext,
  options: ContextBytesOptions = {},
): ContextBytes {
  return plannedBytes(planCopy(dockerfile, instruction), context, options);
}

/** The same for a plan that was made already. */
export function plannedBytes(
  plan: Result<CopyPlan, ContextUnknown>,
  context: BuildContext,
  { archives = new Map(), placeLimit = 8 }: ContextBytesOptions = {},
): ContextBytes {
  if (!plan.ok) return { kind: "unknown", unknown: plan.error };
  const picked = pickSources(plan.value, context, archives);
  if (!picked.ok) return { kind: "unknown", unknown: picked.error };
  const written = writtenFiles(plan.value.destination, picked.value);
  if (!written.ok) return { kind: "unknown", unknown: written.error };
  return { kind: "known", ...written.value, heaviest: placesOf(picked.value, placeLimit) };
}

function placesOf(sources: readonly PickedSource[], limit: number): readonly ContextPlace[] {
  const roots = sources.flatMap((one) =>
    one.kind === "folder" ? [{ path: one.path, folder: one.folder }] : [],
  );
  const files = sources.flatMap((one) =>
    one.kind === "file"
      ? [{ path: one.path, isFolder: false, contentBytes: one.contentBytes }]
      : [],
  );
  return heaviestPlaces(roots, files, limit);
}
