import type { KeptFiles } from "./keptFiles.ts";
import type { FoundPackage } from "./package.ts";
import { parseRpmHeader } from "./rpmHeader.ts";
import { readSqliteTable } from "./sqlite.ts";
import type { TreePaths } from "../treePaths.ts";

/** Where rpm keeps its book since Fedora 33; Fedora 36 moved it. */
export const rpmBooks = ["usr/lib/sysimage/rpm/rpmdb.sqlite", "var/lib/rpm/rpmdb.sqlite"] as const;

/** Packages of rpm in the order of its book. Empty when the book is damaged, or when a write-ahead log beside it says more than the book does. */
export function rpmPackages(
  { files }: KeptFiles,
  { tree, findExact }: TreePaths,
): readonly FoundPackage[] {
  return rpmBooks.flatMap((path) => {
    const book = files.get(path);
    const log = findExact(`${path}-wal`);
    const hasLog = log !== undefined && (tree.bytes[log] ?? 0) > 0;
    if (book?.isWhole !== true || hasLog) return [];
    const rows = readSqliteTable(book.bytes, "Packages") ?? [];
    return rows.flatMap(([, header]) => (header && parseRpmHeader(header)) ?? []);
  });
}
