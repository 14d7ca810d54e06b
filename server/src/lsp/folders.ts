import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** A workspace folder on this machine's disk. */
export interface Folder {
  readonly uri: string;
  readonly path: string;
}

/** Absolute path of a `file:` URI, whatever a client sends; undefined for untitled documents, other schemes, and URIs that name no path. */
export function pathOfUri(uri: string): string | undefined {
  const url = URL.parse(uri);
  if (url?.protocol !== "file:") return undefined;
  const namesFile =
    sep === "/" ? url.host === "" : url.host !== "" || /^\/[a-z](:|%3a)/i.test(url.pathname);
  return namesFile && !/%2f|%5c|%00/i.test(url.pathname) ? decoded(url) : undefined;
}

/** Undefined where an escape is broken, or its bytes are no UTF-8. */
function decoded(url: URL): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

/** The folders that have a place on disk, in the client's order. */
export function foldersOf(folders: readonly { readonly uri: string }[]): readonly Folder[] {
  return folders.flatMap(({ uri }) => {
    const path = pathOfUri(uri);
    return path === undefined ? [] : [{ uri, path }];
  });
}

/** The innermost folder that holds the document; else the first one; undefined without folders. */
export function folderOf(folders: readonly Folder[], documentUri: string): Folder | undefined {
  const path = pathOfUri(documentUri);
  const holding = folders
    .filter((folder) => path !== undefined && relativeTo(folder, path) !== undefined)
    .toSorted((a, b) => b.path.length - a.path.length);
  return holding[0] ?? folders[0];
}

/** The path below the folder with `/` on every system; undefined when it lies outside. */
export function relativeTo({ path: folder }: Folder, path: string): string | undefined {
  const below = relative(folder, path);
  return below === "" || below === ".." || below.startsWith(`..${sep}`) || /^[a-z]:/i.test(below)
    ? undefined
    : below.split(sep).join("/");
}
