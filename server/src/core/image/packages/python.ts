import { type KeptFile, type KeptFiles, textOf, wholeTextOf } from "./keptFiles.ts";
import type { FoundPackage } from "./package.ts";
import { parseParagraphs } from "./paragraphs.ts";
import { directoryOf, lastNameOf, plainPath } from "../treePaths.ts";

/** Python distributions with a RECORD of their files, in path order within each layer. packaging.python.org, Recording installed projects. */
export function pythonPackages({ files }: KeptFiles): readonly FoundPackage[] {
  return [...files.values()].flatMap((file) => {
    if (!file.path.endsWith(".dist-info/RECORD")) return [];
    const text = wholeTextOf(file);
    return text === undefined ? [] : [distributionOf(files, file, text)];
  });
}

/** Longer lines hold no path that a system could open. */
const longestLine = 8192;

/** Paths of a RECORD as written: the first column of comma-separated values, in quotes where it holds a comma. */
export function parseRecord(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    if (line.length > longestLine) return [];
    const [, quoted, plain] = /^(?:"((?:[^"]|"")*)"|([^,"]+))(?:,|$)/.exec(line) ?? [];
    return quoted?.replaceAll('""', '"') ?? plain ?? [];
  });
}

function distributionOf(files: KeptFiles["files"], record: KeptFile, text: string): FoundPackage {
  const folder = directoryOf(record.path);
  const sitePackages = directoryOf(folder);
  const metadata = files.get(`${folder}/METADATA`);
  const [fields] = metadata === undefined ? [] : parseParagraphs(textOf(metadata));
  const [, name, version] = /^(.+?)-(.+)\.dist-info$/.exec(lastNameOf(folder)) ?? [];
  return {
    manager: "pypi",
    name: fields?.get("name") ?? name ?? lastNameOf(folder),
    version: fields?.get("version") ?? version,
    architecture: undefined,
    files: parseRecord(text).map((path) =>
      plainPath(path.startsWith("/") ? path : `${sitePackages}/${path}`),
    ),
    directories: [],
    places: [],
  };
}
