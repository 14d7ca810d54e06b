import type { GoBuildInfo } from "../elf.ts";
import { type FileTree, pathOf } from "../fileTree.ts";
import type { Layer, ReadImage } from "../image.ts";
import type { TreePaths } from "../treePaths.ts";

/** What was kept of one file. */
export interface KeptFile {
  /** Relative, where it really is: links in the path are resolved. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** False when only the first bytes were kept. */
  readonly isWhole: boolean;
}

/** A Go program. */
export interface GoProgram {
  readonly path: string;
  readonly info: GoBuildInfo;
}

/** Kept contents of a file system or of one layer, to find packages in. */
export interface KeptFiles {
  /** By path; in path order within each layer. */
  readonly files: ReadonlyMap<string, KeptFile>;
  readonly goPrograms: readonly GoProgram[];
}

/** What was kept of the files that the final file system shows. */
export function keptInFinalTree(read: ReadImage, paths: TreePaths): KeptFiles {
  const isShown = (layer: number, path: string): boolean => {
    const node = paths.findExact(path);
    return node !== undefined && read.finalTree.layer[node] === layer;
  };
  return keptWhere(read.layers, isShown);
}

/** What was kept of the files that one layer brought, whether they are still shown or not. */
export function keptInLayer(layer: Layer): KeptFiles {
  return keptWhere([layer], () => true);
}

function keptWhere(
  layers: readonly Layer[],
  isWanted: (layer: number, path: string) => boolean,
): KeptFiles {
  const files = new Map<string, KeptFile>();
  const goPrograms: GoProgram[] = [];
  for (const { index, tree, evidence } of layers) {
    const namesOf = namesByFirst(tree);
    const wantedNames = (node: number): readonly string[] =>
      [node, ...(namesOf.get(node) ?? [])]
        .map((name) => pathOf(tree, name))
        .filter((path) => isWanted(index, path));
    for (const { node, bytes, isWhole } of evidence?.contents ?? []) {
      for (const path of wantedNames(node)) files.set(path, { path, bytes, isWhole });
    }
    for (const { node, facts } of evidence?.programs ?? []) {
      if (facts.go === undefined) continue;
      const [path] = wantedNames(node);
      if (path !== undefined) goPrograms.push({ path, info: facts.go });
    }
  }
  return { files, goPrograms };
}

/** The later names of each inode group by its first, under which evidence is kept. */
function namesByFirst({ links }: FileTree): ReadonlyMap<number, readonly number[]> {
  const names = new Map<number, number[]>();
  links.node.forEach((node, row) => {
    const first = links.first[row] ?? -1;
    if (first < 0) return;
    const others = names.get(first);
    if (others === undefined) names.set(first, [node]);
    else others.push(node);
  });
  return names;
}

const decoder = new TextDecoder("utf-8");

/** The kept bytes as text, UTF-8 with replacement. */
export function textOf(file: KeptFile): string {
  return decoder.decode(file.bytes);
}

/** The text of a file of which all was kept; undefined for any other. */
export function wholeTextOf(file: KeptFile | undefined): string | undefined {
  return file?.isWhole === true ? textOf(file) : undefined;
}
