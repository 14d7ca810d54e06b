import type { ElfFacts } from "./elf.ts";
import { type FileTree, findNode, linkRowOf } from "./fileTree.ts";
import type { ReadImage } from "./image.ts";

/** What was kept of the contents of a layer while it was read, for those who ask what a program needs or who owns a file. */
export interface LayerEvidence {
  /** Ascending by node. */
  readonly programs: readonly ElfFile[];
  /** Ascending by node. */
  readonly contents: readonly KeptContent[];
  /** Set where the layer has more of them than are kept: then what is missing here may be in the layer all the same. */
  readonly isCut?: true;
}

/** An ELF file of a layer. */
export interface ElfFile {
  /** Node in the layer's tree. */
  readonly node: number;
  readonly facts: ElfFacts;
}

/** Content of a file that others need to know (package databases, `etc/passwd`), or how a script begins. */
export interface KeptContent {
  /** Node in the layer's tree. */
  readonly node: number;
  readonly bytes: Uint8Array;
  /** False when only the first bytes were kept. */
  readonly isWhole: boolean;
}

/** Nothing was kept. */
export const noEvidence: LayerEvidence = { programs: [], contents: [] };

/** ELF facts of a node of a layer's tree, of hard links the first name (`firstNameOf`); undefined for anything else. */
export function elfOf(evidence: LayerEvidence, node: number): ElfFacts | undefined {
  return rowOf(evidence.programs, node)?.facts;
}

/** What was kept of the content of a node of a layer's tree, of hard links the first name. */
export function keptContentOf(evidence: LayerEvidence, node: number): KeptContent | undefined {
  return rowOf(evidence.contents, node);
}

/** A path of the final file system as the layer that wrote it has it; undefined when there is no such path. Links are not followed. */
export function findWritten(
  read: ReadImage,
  path: string,
): { readonly layer: number; readonly node: number; readonly tree: FileTree } | undefined {
  const visible = findNode(read.finalTree, path);
  if (visible === undefined) return undefined;
  const layer = read.finalTree.layer[visible] ?? 0;
  const tree = read.layers[layer]?.tree;
  const node = tree && findNode(tree, path);
  return tree === undefined || node === undefined ? undefined : { layer, node, tree };
}

/** The node that evidence goes by: of a later name of an inode group the first, of all others the node itself. */
export function firstNameOf({ links }: FileTree, node: number): number {
  const first = links.first[linkRowOf(links, node)] ?? -1;
  return first < 0 ? node : first;
}

/** ELF facts of a path of the final file system, by any of its names; undefined when it is no ELF file. */
export function elfAt(read: ReadImage, path: string): ElfFacts | undefined {
  const written = findWritten(read, path);
  const evidence = written && read.layers[written.layer]?.evidence;
  return evidence && elfOf(evidence, firstNameOf(written.tree, written.node));
}

/** What was kept of the content of a path of the final file system, by any of its names. */
export function contentAt(read: ReadImage, path: string): KeptContent | undefined {
  const written = findWritten(read, path);
  const evidence = written && read.layers[written.layer]?.evidence;
  return evidence && keptContentOf(evidence, firstNameOf(written.tree, written.node));
}

function rowOf<T extends { readonly node: number }>(
  rows: readonly T[],
  node: number,
): T | undefined {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.node ?? 0) < node) low = middle + 1;
    else high = middle;
  }
  return rows[low]?.node === node ? rows[low] : undefined;
}
