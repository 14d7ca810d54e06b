import { entryKind, pathIn } from "./listing.ts";
import type { PickedFolder } from "./pickedFolder.ts";

/** A file or folder of the build context worth naming. */
export interface ContextPlace {
  /** Below the root of the context. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Sum of the sizes of the files there; hard links count at each of their paths. */
  readonly contentBytes: number;
}

interface Candidate extends ContextPlace {
  readonly folder: PickedFolder | undefined;
}

/** A folder is left in favour of what it holds when one thing in it has at least this share of it. */
const telling = 0.4;
/** Folders opened at most, however the tree is shaped. */
const mostOpened = 48;

/**
 * Where the bytes of some files and folders lie: at most `limit` places, none inside another, heaviest first, equal weights by path. A folder
 * stands for its files unless one thing in it makes up much of it. Looks only into folders on the way to the heaviest things.
 */
export function heaviestPlaces(
  roots: readonly { readonly path: string; readonly folder: PickedFolder }[],
  files: readonly ContextPlace[],
  limit: number,
): readonly ContextPlace[] {
  const settled: Candidate[] = heaviestFiles(files, limit);
  let open = roots.flatMap(({ path, folder }) => heaviestEntries(folder, path, limit));
  for (let opened = 0; open.length > 0 && opened < mostOpened; opened += 1) {
    const [next, ...rest] = open;
    if (next === undefined) break;
    const heavy = next.folder === undefined ? [] : heaviestEntries(next.folder, next.path, limit);
    const isTelling = (heavy[0]?.contentBytes ?? 0) >= telling * next.contentBytes;
    if (heavy.length === 0 || !isTelling) settled.push(next);
    open = isTelling ? [...rest, ...heavy].sort(byWeight).slice(0, limit) : rest;
  }
  return [...settled, ...open]
    .filter(({ contentBytes }) => contentBytes > 0)
    .sort(byWeight)
    .slice(0, limit)
    .map(({ path, isFolder, contentBytes }) => ({ path, isFolder, contentBytes }));
}

/** The heaviest of very many files, without putting all of them in order. */
function heaviestFiles(files: readonly ContextPlace[], limit: number): Candidate[] {
  let kept: Candidate[] = [];
  for (const file of files) {
    kept.push({ ...file, folder: undefined });
    if (kept.length >= 64 * limit) kept = kept.sort(byWeight).slice(0, limit);
  }
  return kept.sort(byWeight).slice(0, limit);
}

function byWeight(a: ContextPlace, b: ContextPlace): number {
  return b.contentBytes - a.contentBytes || (a.path < b.path ? -1 : 1);
}

/** The heaviest entries of a folder, in order, by one look at each. */
function heaviestEntries(folder: PickedFolder, path: string, limit: number): readonly Candidate[] {
  const kept: Candidate[] = [];
  for (const [index, name] of folder.names.entries()) {
    const inner = folder.folders.get(name);
    const contentBytes = inner?.contentBytes ?? folder.fileBytes[index] ?? 0;
    const least = kept.at(-1)?.contentBytes ?? 0;
    if (kept.length >= limit && contentBytes <= least) continue;
    const isFolder = folder.kinds[index] === entryKind.folder;
    const candidate = { path: pathIn(path, name), isFolder, contentBytes, folder: inner };
    const place = kept.findIndex((one) => one.contentBytes < contentBytes);
    kept.splice(place < 0 ? kept.length : place, 0, candidate);
    if (kept.length > limit) kept.pop();
  }
  return kept;
}
