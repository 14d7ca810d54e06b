import type { ElfMap } from "../image/elfMap.ts";
import { pathOf } from "../image/fileTree.ts";
import { type ElfUse, elfUses } from "../image/elfUses.ts";
import type { ReadImage } from "../image/image.ts";
import { formatSize } from "../text/size.ts";
import { type BinaryNode, binaryMapOf, binaryRemark } from "./binaryMap.ts";
import { binaryTexts } from "./binaryParts.ts";
import type { TreemapArea, TreemapSheet } from "./treemapView.ts";

/** A rectangle of a map that knows binaries: a file that `opens` has its sections when it is asked for by its path. */
export interface BinaryArea extends Omit<TreemapArea, "kind" | "content" | "children"> {
  readonly kind: TreemapArea["kind"] | "section";
  /** Of a part of a binary what it is there for, else as in maps without. */
  readonly content: TreemapArea["content"] | ElfUse;
  readonly opens?: boolean;
  readonly children?: readonly BinaryArea[];
}

/** A map whose binaries open. */
export interface BinarySheet extends Omit<TreemapSheet, "root" | "contents"> {
  readonly root: BinaryArea;
  readonly contents: readonly BinaryArea["content"][];
  /** One sentence about what cannot be shown; absent where there is nothing to say. */
  readonly remark?: string;
}

/** The map with its binaries marked, as far as their layers say which files are some. O(binaries of the layers that are drawn). */
export function withBinaries(read: ReadImage, path: string, sheet: TreemapSheet): BinarySheet {
  const known = new Map<number, ReadonlySet<string>>();
  const binariesOf = (layer: number): ReadonlySet<string> => {
    const paths = known.get(layer) ?? binariesIn(read, layer);
    known.set(layer, paths);
    return paths;
  };
  const mark = (area: TreemapArea, at: string): BinaryArea => {
    const { children, ...own } = area;
    return {
      ...own,
      ...(area.kind === "file" && binariesOf(area.layer).has(at) ? { opens: true } : {}),
      ...(children === undefined
        ? {}
        : { children: children.map((child) => mark(child, pathBelow(at, child))) }),
    };
  };
  return { ...sheet, root: mark(sheet.root, path) };
}

/** Paths of the ELF files that a layer brings, by the first of their names. */
function binariesIn(read: ReadImage, layer: number): ReadonlySet<string> {
  const { tree, evidence } = read.layers[layer] ?? {};
  if (tree === undefined) return new Set();
  return new Set(evidence?.programs.map(({ node }) => pathOf(tree, node)));
}

/** Groups, such as all waste, have no name of their own in a path. */
function pathBelow(path: string, { kind, name }: TreemapArea): string {
  if (kind !== "file" && kind !== "directory") return path;
  return path === "" ? name : `${path}/${name}`;
}

/** The map of one file, opened into what it is made of; its contents are uses. */
export function openBinary(sheet: TreemapSheet, map: ElfMap, limit: number): BinarySheet {
  const remark = binaryRemark(map);
  const children = binaryMapOf(map, limit).map((node) => toArea(sheet.root, node));
  return {
    ...sheet,
    root: { ...sheet.root, opens: true, children },
    contents: elfUses,
    ...(remark === undefined ? {} : { remark }),
  };
}

/** Parts of a file are of its layer, and wasted where it is. */
function toArea(file: TreemapArea, node: BinaryNode): BinaryArea {
  const isWasted = file.wastedBytes > 0;
  const { children } = node;
  return {
    ...binaryTexts(node, file.bytes),
    kind: node.kind,
    wastedBytes: isWasted ? node.bytes : 0,
    ...(isWasted ? { wastedText: formatSize(node.bytes) } : {}),
    layer: file.layer,
    content: node.use,
    ...(children === undefined ? {} : { children: children.map((child) => toArea(file, child)) }),
  };
}
