import { compileGlob, hasWildcards, type PathMatcher } from "../dockerfile/glob.ts";
import { baseName, pathBelowRoot } from "../dockerfile/goPath.ts";
import { fail, succeed, type Result } from "../result.ts";
import type { ContextUnknown } from "./contextUnknown.ts";
import { entryKind, pathIn } from "./listing.ts";
import type { PickedFolder } from "./pickedFolder.ts";
import { entryOf, isSymlink, resolvePath, type ContextTarget } from "./resolvePath.ts";

/** One thing that a source names: a folder, whose content is copied, or a file. */
export interface FoundSource {
  /** Name by which a file arrives in a destination folder: that of the link where the source is one. */
  readonly name: string;
  readonly target: Extract<ContextTarget, { kind: "folder" | "file" }>;
}

/**
 * What a source path finds in a build context, in path order: wildcards by Go's filepath.Match from the first folder name that has one, links
 * followed. Empty for wildcards that match nothing, which BuildKit lets pass. fsutil copy.go `ResolveWildcards`.
 */
export function findSources(
  root: PickedFolder,
  source: string,
): Result<readonly FoundSource[], ContextUnknown> {
  const parts = pathBelowRoot(source).split("/");
  const first = parts.findIndex(hasWildcards);
  if (first < 0) return followAll(root, source, [parts.join("/")]);
  const pattern = parts.slice(first).join("/");
  const matches = compileGlob(pattern);
  if (matches === undefined) return fail({ code: "pattern-refused", text: source });
  const start = resolvePath(root, parts.slice(0, first).join("/"));
  if (start.kind === "unread") return fail(unreadFailure(root, start.path));
  if (start.kind !== "folder") return fail({ code: "not-found", source });
  // Without a class a match has just as many names as the pattern; a class may stand for a slash.
  const depth = pattern.includes("[") ? Infinity : parts.length - first;
  const found: Match[] = [];
  const unread = collectMatches(start.folder, "", depth, matches, found);
  if (unread !== undefined) return fail(unreadFailure(root, pathIn(start.path, unread)));
  const sources: FoundSource[] = [];
  for (const { folder, name, path } of found) {
    const at = pathIn(start.path, path);
    // No link was followed on the way here, so that only one at the end must be: a hundred thousand files are not looked up from the root again.
    const target = isSymlink(folder, name) ? resolvePath(root, at) : entryOf(folder, at, name);
    const one = toSource(root, source, at, target);
    if (!one.ok) return one;
    sources.push(one.value);
  }
  return succeed(sources);
}

/** An entry that a pattern matches; `path` is below the folder where the search began. */
interface Match {
  readonly folder: PickedFolder;
  readonly name: string;
  readonly path: string;
}

/** Adds what matches, below the folder's path; a folder that matches is not searched. Gives the path of a folder that could not be searched. */
function collectMatches(
  folder: PickedFolder,
  path: string,
  depth: number,
  matches: PathMatcher,
  found: Match[],
): string | undefined {
  if (folder.isPartial) return path;
  for (const [index, name] of folder.names.entries()) {
    const at = pathIn(path, name);
    if (matches(at)) {
      found.push({ folder, name, path: at });
      continue;
    }
    if (folder.kinds[index] !== entryKind.folder || depth <= 1) continue;
    const inner = folder.folders.get(name);
    const unread = inner === undefined ? at : collectMatches(inner, at, depth - 1, matches, found);
    if (unread !== undefined) return unread;
  }
  return undefined;
}

function followAll(
  root: PickedFolder,
  source: string,
  paths: readonly string[],
): Result<readonly FoundSource[], ContextUnknown> {
  const found: FoundSource[] = [];
  for (const path of paths) {
    const one = toSource(root, source, path, resolvePath(root, path));
    if (!one.ok) return one;
    found.push(one.value);
  }
  return succeed(found);
}

function toSource(
  root: PickedFolder,
  source: string,
  path: string,
  target: ContextTarget,
): Result<FoundSource, ContextUnknown> {
  if (target.kind === "missing") return fail({ code: "not-found", source });
  if (target.kind === "unread") return fail(unreadFailure(root, target.path));
  return succeed({ name: baseName(path), target });
}

function unreadFailure({ gap }: PickedFolder, path: string): ContextUnknown {
  return { code: "not-listed", path, reason: gap?.reason ?? "unreadable" };
}
