import { hasWildcards } from "../dockerfile/glob.ts";
import { baseName, pathBelowRoot } from "../dockerfile/goPath.ts";
import {
  matchesFile,
  matchInFolder,
  parsePathPattern,
  type FolderMatch,
  type PathPattern,
} from "../dockerfile/pathPatterns.ts";
import { fail, succeed, type Result } from "../result.ts";
import type { BuildContext } from "./buildContext.ts";
import type { ContextUnknown } from "./contextUnknown.ts";
import type { CopyPlan } from "./copyPlan.ts";
import { findSources, type FoundSource } from "./findSources.ts";
import { pickFolder, type PickedFolder } from "./pickedFolder.ts";

/** Whether ADD would unpack a file, by its first bytes. */
export type ArchiveLook = "archive" | "file";

/** One thing that COPY or ADD writes. */
export type PickedSource =
  /** What the folder holds goes into the destination, not the folder itself. `path` is where it lies in the context. */
  | { readonly kind: "folder"; readonly path: string; readonly folder: PickedFolder }
  | {
      readonly kind: "file";
      readonly path: string;
      /** Name in a destination that is a folder. */
      readonly name: string;
      readonly contentBytes: number;
      /** False for a device or pipe. */
      readonly isRegular: boolean;
    }
  | { readonly kind: "heredoc"; readonly name: string; readonly contentBytes: number };

type Picked = Result<readonly PickedSource[], ContextUnknown>;

/** What a plan takes from a build context, in the order in which builders copy it. */
export function pickSources(
  plan: CopyPlan,
  context: BuildContext,
  archives: ReadonlyMap<string, ArchiveLook>,
): Picked {
  const takesPaths = plan.sources.some(({ kind }) => kind === "path");
  if (takesPaths && !context.isIgnoreUsable) return fail({ code: "ignore-refused" });
  const all: PickedSource[] = [];
  for (const source of plan.sources) {
    if (source.kind === "heredoc") {
      all.push(source);
      continue;
    }
    const picked = plan.keepsParents
      ? pickWithParents(plan, context.root, source.path)
      : pickPlain(plan, context.root, source.path);
    if (!picked.ok) return picked;
    all.push(...picked.value);
  }
  const gap = all.map((one) => (one.kind === "folder" ? one.folder.gap : undefined)).find(Boolean);
  if (gap !== undefined) return fail({ code: "not-listed", ...gap });
  const unknown = plan.unpacks ? archiveProblem(all, archives) : undefined;
  return unknown === undefined ? succeed(all) : fail(unknown);
}

function archiveProblem(
  sources: readonly PickedSource[],
  archives: ReadonlyMap<string, ArchiveLook>,
): ContextUnknown | undefined {
  const files = sources
    .filter((one) => one.kind === "file")
    .filter(({ isRegular, contentBytes }) => isRegular && contentBytes > 0);
  const unseen = files.map(({ path }) => path).filter((path) => !archives.has(path));
  if (unseen.length > 0) return { code: "archive-unseen", paths: unseen };
  const archive = files.find(({ path }) => archives.get(path) === "archive");
  return archive === undefined ? undefined : { code: "archive", path: archive.path };
}

function pickPlain(plan: CopyPlan, root: PickedFolder, source: string): Picked {
  const found = findSources(root, source);
  if (!found.ok) return found;
  return pickEach(found.value, plan, undefined);
}

/**
 * A source of `--parents`: all below the root, or below what stands before `/./`, that the rest of the path matches as a pattern of its own.
 * dockerfile2llb convert_copy.go: the pattern goes to moby's patternmatcher, where `**` has a meaning.
 */
function pickWithParents(plan: CopyPlan, root: PickedFolder, source: string): Picked {
  const pivot = source.indexOf("/./");
  const below = pivot < 0 ? "/" : source.slice(0, pivot);
  const written = pathBelowRoot(pivot < 0 ? source : source.slice(pivot + 3));
  const pattern = parsePathPattern(written);
  if (pattern === undefined) return fail({ code: "pattern-refused", text: source });
  const found = findSources(root, below);
  if (!found.ok) return found;
  const picked = pickEach(found.value, plan, pattern);
  if (!picked.ok) return picked;
  const isEmpty = picked.value.every(
    (one) => one.kind === "folder" && one.folder.names.length === 0,
  );
  return isEmpty && !hasWildcards(source) ? fail({ code: "not-found", source }) : picked;
}

function pickEach(
  found: readonly FoundSource[],
  { excludes }: CopyPlan,
  include: PathPattern | undefined,
): Picked {
  const picked: PickedSource[] = [];
  for (const { name, target } of found) {
    if (target.kind === "file") {
      const { path, contentBytes, isRegular } = target;
      const names = [name, path, baseName(path)];
      if (names.some((one) => matchInFolder(excludes, one, undefined).isMatch)) {
        return fail({ code: "excluded-source", path });
      }
      picked.push({ kind: "file", path, name, contentBytes, isRegular });
      continue;
    }
    const folder = choose(target.folder, include, excludes);
    picked.push({ kind: "folder", path: target.path, folder });
  }
  return succeed(picked);
}

/** What patterns, which speak of paths below the source, leave of it. fsutil copy.go `include` and `exclude`. */
function choose(
  folder: PickedFolder,
  include: PathPattern | undefined,
  excludes: readonly PathPattern[],
): PickedFolder {
  if (include === undefined && excludes.length === 0) return folder;
  const includes = include === undefined ? [] : [include];
  type State = { readonly included: FolderMatch; readonly excluded: FolderMatch };
  return pickFolder<State>(folder, "", {
    keepsFile: (path, within) =>
      (include === undefined || matchesFile(includes, path, within?.included)) &&
      !matchesFile(excludes, path, within?.excluded),
    judgeFolder: (path, within) => {
      const included = matchInFolder(includes, path, within?.included);
      const excluded = matchInFolder(excludes, path, within?.excluded);
      return {
        isKept: (include === undefined || included.isMatch) && !excluded.isMatch,
        isPassedOver: false,
        state: { included: included.match, excluded: excluded.match },
      };
    },
  });
}
