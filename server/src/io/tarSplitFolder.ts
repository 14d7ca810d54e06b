import { closeSync, constants, lstatSync, openSync } from "node:fs";

/** The folder that holds the contents of a layer. Only regular files of it are ever opened, and no link is followed on the way. */
export interface ContentFolder {
  /** Opens the file for reading; undefined unless it is a regular one of that length with all its bytes. The caller closes it. Throws what the file system refuses. */
  open(name: string, contentBytes: number): number | undefined;
  /** Closes all folders. */
  close(): void;
}

/** `O_NOATIME`: not even the time of access is to change. */
const forReading = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NOATIME;
const forFolder = forReading | constants.O_DIRECTORY;

/** No real path is so deep, and every folder of it stays open. */
const mostFolders = 200;

/**
 * Opens folder after folder below `path`, each by its name in the one before (`/proc/self/fd`, Linux only): an image may hold links that lead
 * out into the host. Names are as in `TarPiece`; entries of a tar mostly come folder by folder, so the way to the last one stays open. Blocks.
 */
export function openContentFolder(path: string): ContentFolder {
  const way: { readonly name: string; readonly descriptor: number }[] = [];
  const placeOf = (name: string): Buffer | string => {
    const parent = way.at(-1);
    if (parent === undefined) return path;
    return Buffer.from(`/proc/self/fd/${parent.descriptor}/${name}`, "latin1");
  };
  const enter = (name: string): void => {
    way.push({ name, descriptor: openSync(placeOf(name), forFolder) });
  };
  const leaveTo = (depth: number): void => {
    for (const { descriptor } of way.splice(depth)) closeSync(descriptor);
  };
  enter("");
  return {
    open(name, contentBytes) {
      const parts = partsOf(name);
      const file = parts?.pop();
      if (parts === undefined || file === undefined) return undefined;
      let same = 0;
      while (same < parts.length && way[same + 1]?.name === parts[same]) same += 1;
      leaveTo(same + 1);
      for (const part of parts.slice(same)) enter(part);
      const place = placeOf(file);
      return isWhole(place, contentBytes) ? openSync(place, forReading) : undefined;
    },
    close: () => leaveTo(0),
  };
}

/** Undefined for a name that does not lead downwards. */
function partsOf(name: string): string[] | undefined {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  const isBelow = !parts.includes("..") && !name.includes("\0") && parts.length < mostFolders;
  return isBelow ? parts : undefined;
}

/**
 * Asked before it is opened, for to open a device can do something. A file of which only the metadata was copied up has its length and no blocks
 * (overlayfs metacopy): its content is elsewhere.
 */
function isWhole(place: Buffer | string, contentBytes: number): boolean {
  const found = lstatSync(place);
  return found.isFile() && found.size === contentBytes && found.blocks > 0;
}
