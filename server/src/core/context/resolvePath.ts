import { cleanPath, pathBelowRoot } from "../dockerfile/goPath.ts";
import { entryKind, findEntry, pathIn } from "./listing.ts";
import type { PickedFolder } from "./pickedFolder.ts";

/** Something in a build context that a source leads to. */
export type ContextTarget =
  | { readonly kind: "folder"; readonly path: string; readonly folder: PickedFolder }
  /** A file with its size, or a device or pipe, which weighs nothing. */
  | {
      readonly kind: "file";
      readonly path: string;
      readonly contentBytes: number;
      readonly isRegular: boolean;
    }
  | { readonly kind: "missing" }
  /** A folder on the way was not read. */
  | { readonly kind: "unread"; readonly path: string };

/** Links followed at most on the way to one source; more are a loop. containerd continuity fs/path.go. */
const mostLinks = 255;

/**
 * Where a path leads in a build context when every symlink on it is followed, the last one included, and none leaves the context: an absolute
 * target starts at its root. That is how builders find a source; symlinks inside a folder that is copied stay links.
 */
export function resolvePath(root: PickedFolder, path: string): ContextTarget {
  let parts = partsOf(path);
  let at: ContextTarget = { kind: "folder", path: "", folder: root };
  let links = 0;
  while (parts.length > 0) {
    const [name = "", ...rest] = parts;
    if (at.kind !== "folder") return { kind: "missing" };
    const target = linkTarget(at.folder, name);
    if (target === undefined) {
      at = entryOf(at.folder, pathIn(at.path, name), name);
      parts = rest;
      if (at.kind === "missing" || at.kind === "unread") return at;
      continue;
    }
    links += 1;
    if (links > mostLinks) return { kind: "missing" };
    const folder: string = target.startsWith("/") ? "" : at.path;
    parts = partsOf([folder, target, ...rest].join("/"));
    at = { kind: "folder", path: "", folder: root };
  }
  return at;
}

function partsOf(path: string): readonly string[] {
  return pathBelowRoot(cleanPath(path))
    .split("/")
    .filter((part) => part !== "");
}

/** Whether an entry of a folder is a symlink. */
export function isSymlink(folder: PickedFolder, name: string): boolean {
  return folder.targets.has(name) && folder.kinds[findEntry(folder, name)] === entryKind.symlink;
}

function linkTarget(folder: PickedFolder, name: string): string | undefined {
  return isSymlink(folder, name) ? folder.targets.get(name) : undefined;
}

/** An entry itself, no link followed; `path` is where it lies in the context. */
export function entryOf(parent: PickedFolder, path: string, name: string): ContextTarget {
  const index = findEntry(parent, name);
  if (index < 0) {
    return parent.isPartial ? { kind: "unread", path: folderOf(path) } : { kind: "missing" };
  }
  if (parent.kinds[index] === entryKind.folder) {
    const folder = parent.folders.get(name);
    return folder === undefined ? { kind: "unread", path } : { kind: "folder", path, folder };
  }
  return {
    kind: "file",
    path,
    contentBytes: parent.fileBytes[index] ?? 0,
    isRegular: parent.kinds[index] === entryKind.file,
  };
}

/** The folder that a path lies in; the root is the empty path. */
function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}
