import { type DpkgEntry, parseDiversions, parseDpkgStatus } from "./dpkgStatus.ts";
import { type KeptFile, type KeptFiles, wholeTextOf } from "./keptFiles.ts";
import type { FoundPackage } from "./package.ts";

const folder = "var/lib/dpkg";

/** Packages of dpkg and of distroless images, in the order of their book. Files come from `info/NAME.list` or from `status.d/NAME.md5sums`. */
export function dpkgPackages({ files }: KeptFiles): readonly FoundPackage[] {
  const status = wholeTextOf(files.get(`${folder}/status`));
  const divert = diverterOf(wholeTextOf(files.get(`${folder}/diversions`)) ?? "");
  const installed = parseDpkgStatus(status ?? "").map((entry) =>
    foundOf(entry, divert(entry.name, listOf(files, entry))),
  );
  return [...installed, ...distrolessPackages(files)];
}

/** Where dpkg lists the files of a package: with the architecture in the name when it may be installed for several. */
export function findDpkgList(
  files: KeptFiles["files"],
  { name, architecture }: Pick<DpkgEntry, "name" | "architecture">,
): KeptFile | undefined {
  return (
    files.get(`${folder}/info/${name}:${architecture ?? ""}.list`) ??
    files.get(`${folder}/info/${name}.list`)
  );
}

function listOf(files: KeptFiles["files"], entry: DpkgEntry): readonly string[] | undefined {
  return wholeTextOf(findDpkgList(files, entry))
    ?.split("\n")
    .map((line) => line.replace(/^\/+/, ""))
    .filter((path) => path !== "" && path !== ".");
}

function distrolessPackages(files: KeptFiles["files"]): readonly FoundPackage[] {
  const start = `${folder}/status.d/`;
  const books = [...files.values()].filter(
    ({ path }) => path.startsWith(start) && !path.endsWith(".md5sums"),
  );
  return books.flatMap((book) => {
    const sums = wholeTextOf(files.get(`${book.path}.md5sums`));
    const paths = sums === undefined ? undefined : parseMd5sums(sums);
    return parseDpkgStatus(wholeTextOf(book) ?? "").map((entry) => foundOf(entry, paths));
  });
}

/** Paths of a md5sums file: 32 digits, two spaces, path. deb-md5sums(5). */
function parseMd5sums(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => /^[0-9a-f]{32} [ *]\/*(.+)$/.exec(line)?.[1] ?? []);
}

function foundOf(
  { name, version, architecture }: DpkgEntry,
  files: readonly string[] | undefined,
): FoundPackage {
  return { manager: "dpkg", name, version, architecture, files, directories: [], places: [] };
}

function diverterOf(
  text: string,
): (name: string, paths: readonly string[] | undefined) => readonly string[] | undefined {
  const diversions = new Map(parseDiversions(text).map((each) => [each.from, each]));
  if (diversions.size === 0) return (_, paths) => paths;
  return (name, paths) =>
    paths?.map((path) => {
      const diversion = diversions.get(path);
      return diversion === undefined || diversion.by === name ? path : diversion.to;
    });
}
