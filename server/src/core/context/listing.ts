/** Kinds of entries of a folder, as `kinds` of a ContextFolder holds them. */
export const entryKind = { file: 0, folder: 1, symlink: 2, other: 3 } as const;

/** Why the entries of a folder are not known: an ignore file kept the walk out, the system did, or a limit ended it. */
export type UnreadReason = "ignored" | "unreadable" | "limit";

/** One folder of a build context as it was on disk: columns, one value per entry. Immutable; a renewed listing shares what did not change. */
export interface ContextFolder {
  /** Ascending by code units, each once. */
  readonly names: readonly string[];
  readonly kinds: Uint8Array;
  /** Sizes of regular files, 0 for everything else. */
  readonly fileBytes: Float64Array;
  /** Folders that were looked into, by name. */
  readonly folders: ReadonlyMap<string, ContextFolder>;
  /** Folders that were not, by name. */
  readonly unread: ReadonlyMap<string, UnreadReason>;
  /** Where symlinks point, by name, as written in them. */
  readonly targets: ReadonlyMap<string, string>;
  /** What hard links of one file have in common, by name; a file with one link has no entry. */
  readonly links: ReadonlyMap<string, string>;
  /** Undefined when every entry is there. */
  readonly gap: UnreadReason | undefined;
}

/** All that was found below the root of a build context. */
export interface ContextListing {
  readonly root: ContextFolder;
  /** Files, folders and links together. */
  readonly entryCount: number;
}

/** Position of a name in a folder; -1 where there is none. O(log entries). */
export function findEntry({ names }: Pick<ContextFolder, "names">, name: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] ?? "") < name) low = middle + 1;
    else high = middle;
  }
  return names[low] === name ? low : -1;
}

/** A path one level down; the root is the empty path. */
export function pathIn(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
