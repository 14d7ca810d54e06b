import { compileGlob, hasWildcards, type PathMatcher } from "../dockerfile/glob.ts";
import { baseName, pathBelowRoot } from "../dockerfile/goPath.ts";
import { fail, succeed, type Result } from "../result.ts";
import type { ContextUnknown } from "./contextUnknown.ts";
import { entryKind, pathIn } from "./listing.ts";
import type { PickedFolder } from "./pickedFolder.ts";
import { resolvePath, type ContextTarget } from "./resolvePath.ts";

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
  const found: string[] = [];
  const unread = collectMatches(start.folder, "", depth, matches, found);
  if (unread !== undefined) return fail(unreadFailure(root, pathIn(start.path, unread)));
  return followAll(
    root,
    source,
    found.map((path) => pathIn(start.path, path)),
  );
}

/** Adds what matches, below the folder's path; a folder that matches is not searched. Gives the path of a folder that could not be searched. */
function collectMatches(
  folder: PickedFolder,
  path: string,
  depth: number,
  matches: PathMatcher,
  found: string[],
): string | undefined {
  if (folder.isPartial) return path;
  for (const [index, name] of folder.names.entries()) {
    const at = pathIn(path, name);
    if (matches(at)) {
      found.push(at);
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
    const target = resolvePath(root, path);
    if (target.kind === "missing") return fail({ code: "not-found", source });
    if (target.kind === "unread") return fail(unreadFailure(root, target.path));
    found.push({ name: baseName(path), target });
  }
  return succeed(found);
}

function unreadFailure({ gap }: PickedFolder, path: string): ContextUnknown {
  return { code: "not-listed", path, reason: gap?.reason ?? "unreadable" };
}
