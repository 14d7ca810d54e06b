import { join } from "node:path";
import { changeEntries, countEntries, type FolderEntry } from "../core/context/folderEntries.ts";
import {
  entryKind,
  findEntry,
  pathIn,
  type ContextFolder,
  type ContextListing,
} from "../core/context/listing.ts";
import type { WalkState } from "../core/context/walkFilter.ts";
import { readEntry, walkFolder, type ContextWalk, type SeenEntry } from "./buildContextWalk.ts";

/**
 * A listing with the given paths, relative to the root, looked at anew, and everything else shared with the old one. A folder that is named
 * itself is walked again, since watchers may name it alone when it was replaced. Undefined when aborted, or when only a new walk can tell.
 */
export async function renewListing(
  walk: ContextWalk,
  listing: ContextListing,
  paths: readonly string[],
): Promise<ContextListing | undefined> {
  const root = await renewFolder(walk, listing.root, "", undefined, toTree(paths));
  if (root === undefined || walk.signal.aborted) return undefined;
  return root === listing.root ? listing : { root, entryCount: countEntries(root) };
}

/** What changed at a path and below it. */
interface Changed {
  isNamed: boolean;
  readonly below: Map<string, Changed>;
}

function toTree(paths: readonly string[]): Changed {
  const tree: Changed = { isNamed: false, below: new Map() };
  for (const path of paths) {
    let at = tree;
    for (const name of path.split("/")) {
      const inner = at.below.get(name) ?? { isNamed: false, below: new Map() };
      at.below.set(name, inner);
      at = inner;
    }
    at.isNamed = true;
  }
  return tree;
}

async function renewFolder(
  walk: ContextWalk,
  folder: ContextFolder,
  path: string,
  state: WalkState | undefined,
  changed: Changed,
): Promise<ContextFolder | undefined> {
  const changes = new Map<string, FolderEntry | "gone">();
  for (const [name, inner] of changed.below) {
    if (walk.signal.aborted) return undefined;
    // What lies in a folder that is kept out says nothing new.
    if (!inner.isNamed && folder.unread.get(name) === "ignored") continue;
    const entry = await renewEntry(walk, folder, pathIn(path, name), name, state, inner);
    if (entry === "unreadable") return undefined;
    if (!isSame(folder, name, entry)) changes.set(name, entry);
  }
  return changes.size === 0 ? folder : changeEntries(folder, changes);
}

/** Whether an entry is as it was, folders by identity. */
function isSame(folder: ContextFolder, name: string, entry: FolderEntry | "gone"): boolean {
  const index = findEntry(folder, name);
  if (entry === "gone" || index < 0) return entry === "gone" && index < 0;
  if (folder.kinds[index] !== entryKind[entry.kind]) return false;
  switch (entry.kind) {
    case "file":
      return (
        folder.fileBytes[index] === entry.contentBytes && folder.links.get(name) === entry.link
      );
    case "folder":
      return (folder.folders.get(name) ?? folder.unread.get(name)) === entry.folder;
    case "symlink":
      return folder.targets.get(name) === entry.target;
    case "other":
      return true;
  }
}

async function renewEntry(
  walk: ContextWalk,
  parent: ContextFolder,
  path: string,
  name: string,
  state: WalkState | undefined,
  changed: Changed,
): Promise<SeenEntry> {
  const seen = await lookAt(join(walk.root, path, ".."), name);
  if (typeof seen === "string" || seen.kind !== "folder") return seen;
  const inner = walk.filter.enter(path, state);
  if (inner === undefined) return seen;
  const known = parent.folders.get(name);
  const folder =
    known === undefined || changed.isNamed
      ? await walkFolder(walk, path, inner)
      : await renewFolder(walk, known, path, inner, changed);
  return folder === undefined ? "unreadable" : { kind: "folder", name, folder };
}

function lookAt(folder: string, name: string): Promise<SeenEntry> {
  return new Promise((resolve) => readEntry(folder, name, resolve));
}
