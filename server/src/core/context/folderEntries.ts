import { entryKind, type ContextFolder, type UnreadReason } from "./listing.ts";

/** One entry of a folder, as a walk finds it. */
export type FolderEntry =
  | {
      readonly kind: "file";
      readonly name: string;
      readonly contentBytes: number;
      /** What all hard links of the file have in common; undefined for one link. */
      readonly link: string | undefined;
    }
  | {
      readonly kind: "folder";
      readonly name: string;
      readonly folder: ContextFolder | UnreadReason;
    }
  | { readonly kind: "symlink"; readonly name: string; readonly target: string }
  | { readonly kind: "other"; readonly name: string };

/** A folder made of its entries, in any order; each name once. */
export function toFolder(
  entries: readonly FolderEntry[],
  gap: UnreadReason | undefined,
): ContextFolder {
  const sorted = inOrder(entries);
  const names: string[] = [];
  const kinds = new Uint8Array(sorted.length);
  const fileBytes = new Float64Array(sorted.length);
  const folders = new Map<string, ContextFolder>();
  const unread = new Map<string, UnreadReason>();
  const targets = new Map<string, string>();
  const links = new Map<string, string>();
  for (const entry of sorted) {
    const index = names.length;
    names.push(entry.name);
    kinds[index] = entryKind[entry.kind];
    if (entry.kind === "file") {
      fileBytes[index] = entry.contentBytes;
      if (entry.link !== undefined) links.set(entry.name, entry.link);
    } else if (entry.kind === "symlink") targets.set(entry.name, entry.target);
    else if (entry.kind === "folder") {
      if (typeof entry.folder === "string") unread.set(entry.name, entry.folder);
      else folders.set(entry.name, entry.folder);
    }
  }
  return { names, kinds, fileBytes, folders, unread, targets, links, gap };
}

/** Systems list folders in order, which is not to be paid for twice. */
function inOrder(entries: readonly FolderEntry[]): readonly FolderEntry[] {
  const isSorted = entries.every(
    ({ name }, index) => index === 0 || (entries[index - 1]?.name ?? "") < name,
  );
  return isSorted ? entries : entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The entries of a folder, in name order. */
export function entriesOf(folder: ContextFolder): readonly FolderEntry[] {
  return folder.names.map((name, index): FolderEntry => {
    const kind = folder.kinds[index];
    if (kind === entryKind.file) {
      const contentBytes = folder.fileBytes[index] ?? 0;
      return { kind: "file", name, contentBytes, link: folder.links.get(name) };
    }
    if (kind === entryKind.folder) {
      const inner = folder.folders.get(name) ?? folder.unread.get(name) ?? "unreadable";
      return { kind: "folder", name, folder: inner };
    }
    if (kind !== entryKind.symlink) return { kind: "other", name };
    return { kind: "symlink", name, target: folder.targets.get(name) ?? "" };
  });
}

/** Files, folders and links in a folder and all that was read below it. */
export function countEntries({ names, folders }: ContextFolder): number {
  let count = names.length;
  for (const folder of folders.values()) count += countEntries(folder);
  return count;
}

/** What became of the entries of a folder, by name: the entry as it is now, or `gone`. */
export type EntryChanges = ReadonlyMap<string, FolderEntry | "gone">;

/** A folder with some entries changed, and everything else shared with the old one. O(entries of the folder). */
export function changeEntries(folder: ContextFolder, changes: EntryChanges): ContextFolder {
  const kept = entriesOf(folder).filter(({ name }) => !changes.has(name));
  const changed = [...changes.values()].filter((change) => change !== "gone");
  return toFolder([...kept, ...changed], folder.gap);
}
