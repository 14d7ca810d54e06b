import { type FileTree, nodeKind, pathOf } from "../fileTree.ts";
import type { GoProgram } from "./keptFiles.ts";
import type { FoundPackage } from "./package.ts";
import { lastNameOf } from "../treePaths.ts";

const archiveEndings = [".jar", ".war", ".ear"].map((ending) => new TextEncoder().encode(ending));

/** The `r` of all of them: few names have to be compared. */
const lastOfEndings = 0x72;

/** Java archives in path order, named by their file name: `commons-io-2.11.0.jar`. O(nodes). */
export function javaPackages(tree: FileTree): readonly FoundPackage[] {
  const packages: FoundPackage[] = [];
  for (let node = 1; node < tree.nodeCount; node += 1) {
    if (tree.kind[node] !== nodeKind.file || lastByteOf(tree, node) !== lastOfEndings) continue;
    if (archiveEndings.some((ending) => nameEndsWith(tree, node, ending))) {
      packages.push(archiveOf(pathOf(tree, node)));
    }
  }
  return packages;
}

function lastByteOf({ nameBytes, nameStart, nameLength }: FileTree, node: number): number {
  return nameBytes[(nameStart[node] ?? 0) + (nameLength[node] ?? 0) - 1] ?? 0;
}

/** Programs that the Go linker signed with their main package. */
export function goPackages(programs: readonly GoProgram[]): readonly FoundPackage[] {
  return programs.flatMap(({ path, info }) =>
    info.path === undefined ? [] : [single("go", path, info.path, undefined)],
  );
}

function archiveOf(path: string): FoundPackage {
  const stem = lastNameOf(path).slice(0, -".jar".length);
  const [, name = stem, version] = /^(.+?)-(\d.*)$/.exec(stem) ?? [];
  return single("java", path, name, version);
}

function single(
  manager: "java" | "go",
  path: string,
  name: string,
  version: string | undefined,
): FoundPackage {
  const architecture = undefined;
  return { manager, name, version, architecture, files: [path], directories: [], places: [path] };
}

function nameEndsWith(tree: FileTree, node: number, ending: Uint8Array): boolean {
  const length = tree.nameLength[node] ?? 0;
  if (length <= ending.length) return false;
  const start = (tree.nameStart[node] ?? 0) + length - ending.length;
  return ending.every((byte, at) => tree.nameBytes[start + at] === byte);
}
