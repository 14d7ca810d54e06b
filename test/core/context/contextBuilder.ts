import { toFolder, type FolderEntry } from "../../../server/src/core/context/folderEntries.ts";
import type {
  ContextFolder,
  ContextListing,
  UnreadReason,
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
  const byName = new Map<string, (readonly [string, Content])[]>();
  for (const entry of entries) {
    const name = entry[0].split("/")[0] ?? "";
    const own = byName.get(name);
    if (own === undefined) byName.set(name, [entry]);
    else own.push(entry);
  }
  return toFolder(
    [...byName].flatMap(([name, own]) => (name === "" ? [] : [entryOf(own, name)])),
    undefined,
  );
}

/** Of the entries at and below one name. */
function entryOf(entries: Entries, name: string): FolderEntry {
  const below = entries
    .filter(([path]) => path.startsWith(`${name}/`))
    .map(([path, content]) => [path.slice(name.length + 1), content] as const);
  if (below.length > 0) {
    const reason = below.find(([path]) => path === "")?.[1];
    const unread = typeof reason === "string" ? (reason.slice(1) as UnreadReason) : undefined;
    return { kind: "folder", name, folder: unread ?? folderOf(below) };
  }
  const text = String(entries.find(([path]) => path === name)?.[1]);
  if (text.startsWith("-> ")) return { kind: "symlink", name, target: text.slice(3) };
  const [bytes = "", link] = text.split(" @");
  return { kind: "file", name, contentBytes: Number(bytes), link };
}
