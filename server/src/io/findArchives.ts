import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** How far a search for image files goes: it serves a list to choose from, and must end soon in any folder. */
const searchLimits = { depth: 4, entries: 20_000, found: 200 } as const;

/** Folders that hold no images made by people, and many files. */
const skippedFolder = /^(?:\..+|node_modules|target|vendor|__pycache__)$/;

/** What the first entry of a saved image is called; any other tar is not one. moby image/tarexport, image-spec image-layout.md. */
const firstEntry =
  /^(?:\.\/)?(?:blobs\/|oci-layout|index\.json|manifest\.json|repositories|[0-9a-f]{64}(?:\.json|\/))/;

/**
 * References of the image files below the folders, `docker-archive:` and `oci:` with absolute paths, in the order of the names. Looks at
 * uncompressed tars and OCI layouts, some levels deep; folders that cannot be read are passed over. Ends early, with what it has, on abort.
 */
export async function findArchives(
  folders: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found: string[] = [];
  let entriesLeft: number = searchLimits.entries;
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    entriesLeft -= entries.length;
    if (entries.some((entry) => entry.name === "oci-layout" && entry.isFile())) {
      found.push(`oci:${folder}`);
      return;
    }
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (signal.aborted || entriesLeft < 0 || found.length >= searchLimits.found) return;
      const path = join(folder, entry.name);
      if (entry.isFile() && entry.name.endsWith(".tar") && (await isSavedImage(path))) {
        found.push(`docker-archive:${path}`);
      }
      const goesOn = depth < searchLimits.depth && !skippedFolder.test(entry.name);
      if (entry.isDirectory() && goesOn) await walk(path, depth + 1);
    }
  };
  for (const folder of folders) await walk(folder, 0);
  return [...new Set(found)];
}

async function isSavedImage(path: string): Promise<boolean> {
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return false;
  const head = Buffer.alloc(100);
  const { bytesRead } = await handle.read(head, 0, head.length, 0).catch(() => ({ bytesRead: 0 }));
  await handle.close();
  return firstEntry.test(head.toString("latin1", 0, bytesRead));
}
