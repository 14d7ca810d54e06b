import {
  entryKind,
  type ContextFolder,
  type ContextListing,
  type UnreadReason,
} from "../../../server/src/core/context/listing.ts";

/**
 * A file's size, `-> target` for a symlink, a size with what its hard links share (`5 @a`), or why a folder was not read (`!ignored`). Paths end
 * with a slash for a folder that is empty or was not read.
 */
type Content = number | string;

/** A listing of a build context by path. Only for tests. */
export function aContext(files: Readonly<Record<string, Content>>): ContextListing {
  return { root: folderOf(Object.entries(files)), entryCount: Object.keys(files).length };
}

type Entries = readonly (readonly [string, Content])[];

function folderOf(entries: Entries): ContextFolder {
  const names = [...new Set(entries.map(([path]) => path.split("/")[0] ?? ""))]
    .filter((name) => name !== "")
    .sort();
  const all = names.map((name) => entryOf(entries, name));
  const named = <T>(value: (entry: Entry) => T | undefined): ReadonlyMap<string, T> =>
    new Map(
      all.flatMap((entry) => {
        const found = value(entry);
        return found === undefined ? [] : [[entry.name, found] as const];
      }),
    );
  return {
    names,
    kinds: Uint8Array.from(all, ({ kind }) => kind),
    fileBytes: Float64Array.from(all, ({ fileBytes }) => fileBytes),
    folders: named(({ folder }) => folder),
    unread: named(({ unread }) => unread),
    targets: named(({ target }) => target),
    links: named(({ link }) => link),
    gap: undefined,
  };
}

interface Entry {
  readonly name: string;
  readonly kind: number;
  readonly fileBytes: number;
  readonly folder?: ContextFolder;
  readonly unread?: UnreadReason;
  readonly target?: string;
  readonly link?: string | undefined;
}

function entryOf(entries: Entries, name: string): Entry {
  const below = entries
    .filter(([path]) => path.startsWith(`${name}/`))
    .map(([path, content]) => [path.slice(name.length + 1), content] as const);
  if (below.length > 0) {
    const reason = below.find(([path]) => path === "")?.[1];
    const folder = { name, kind: entryKind.folder, fileBytes: 0 };
    return typeof reason === "string"
      ? { ...folder, unread: reason.slice(1) as UnreadReason }
      : { ...folder, folder: folderOf(below) };
  }
  const text = String(entries.find(([path]) => path === name)?.[1]);
  if (text.startsWith("-> ")) {
    return { name, kind: entryKind.symlink, fileBytes: 0, target: text.slice(3) };
  }
  const [bytes = "", link] = text.split(" @");
  return { name, kind: entryKind.file, fileBytes: Number(bytes), link };
}
