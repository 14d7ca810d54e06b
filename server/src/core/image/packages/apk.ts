import { type KeptFiles, wholeTextOf } from "./keptFiles.ts";
import type { FoundPackage } from "./package.ts";

/** Where apk keeps its book; the second since Alpine joined /lib with /usr/lib. */
const books = ["lib/apk/db/installed", "usr/lib/apk/db/installed"];

/** Packages of apk, in the order of its book. */
export function apkPackages({ files }: KeptFiles): readonly FoundPackage[] {
  return books.flatMap((path) => parseApkInstalled(wholeTextOf(files.get(path)) ?? ""));
}

/** The packages of an `installed` file: lines `P:name`, `V:version`, `F:directory`, `R:file` and others; an empty line ends a package. apk-tools, database.c. */
export function parseApkInstalled(text: string): readonly FoundPackage[] {
  return text.split(/\n\s*\n/).flatMap((block) => packageOf(block) ?? []);
}

function packageOf(block: string): FoundPackage | undefined {
  const fields = new Map<string, string>();
  const files: string[] = [];
  let directory = "";
  for (const line of block.split("\n")) {
    if (line[1] !== ":") continue;
    const value = line.slice(2);
    if (line.startsWith("F:")) directory = value;
    else if (line.startsWith("R:")) files.push(directory === "" ? value : `${directory}/${value}`);
    else fields.set(line.slice(0, 1), value);
  }
  const name = fields.get("P");
  if (name === undefined || name === "") return undefined;
  const version = fields.get("V");
  const architecture = fields.get("A");
  return { manager: "apk", name, version, architecture, files, directories: [], places: [] };
}
