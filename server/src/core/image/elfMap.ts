import type { ElfLabels, ElfPart, ElfPartKind } from "./elfLabels.ts";
import { type ElfUse, mainUseOf } from "./elfUses.ts";

/** What a binary is made of. Invariant: `nodes` weigh exactly `fileBytes`. */
export interface ElfMap {
  readonly fileBytes: number;
  /** As in `ElfLabels`. */
  readonly hasSections: boolean;
  readonly areGoPackagesNamed: boolean | undefined;
  /** Heaviest first, a `rest` last. */
  readonly nodes: readonly ElfMapNode[];
}

/** Parts of a binary with one name, and what they hold. Its bytes are the sum of its children's where it has any. */
export interface ElfMapNode {
  /**
   * `package`: of Go · `not-named`: what of a section is of no package that the program names: assembly, what the compiler makes, room for constants ·
   * `removable`: all that strip takes away · `headers`: all of them · `rest`: nodes too light to stand alone.
   */
  readonly kind: ElfPartKind | "package" | "not-named" | "removable" | "headers" | "rest";
  /** As the file has it; "" where it has none. */
  readonly name: string;
  readonly isCompressed: boolean;
  /** What most of its bytes are there for. */
  readonly use: ElfUse;
  readonly bytes: number;
  /** Nodes that a `rest` stands for; 0 for all others. */
  readonly count: number;
  /** Heaviest first, a `rest` last; undefined for what is one whole. */
  readonly children: readonly ElfMapNode[] | undefined;
}

/** Sections of a file, those of Go programs with their packages, and in one group what strip takes away. Never many more nodes than `limit`. O(n log n). */
export function elfMapOf(labels: ElfLabels, limit: number): ElfMap {
  const { fileBytes, hasSections, areGoPackagesNamed, parts } = labels;
  const isRemovable = ({ removable }: ElfPart): boolean => removable !== undefined;
  const isHeader = (part: ElfPart): boolean => headers.has(part.kind) && !isRemovable(part);
  // Beside sections it does not matter in which segment the rest is.
  const withoutSegment = (part: ElfPart): ElfPart =>
    hasSections && part.kind === "segment" ? { ...part, name: "" } : part;
  const nodes = [
    ...byName(parts.filter((part) => !isRemovable(part) && !isHeader(part)).map(withoutSegment)),
    ...groupOf("removable", parts.filter(isRemovable)),
    ...groupOf("headers", parts.filter(isHeader)),
  ];
  return fitElfMap({ fileBytes, hasSections, areGoPackagesNamed, nodes }, limit);
}

/** The same with fewer nodes: those that are too light become a `rest`, and those with no room for what is in them are one whole. */
export function fitElfMap(map: ElfMap, limit: number): ElfMap {
  const top = heaviest(map.nodes, Math.max(leastParts, Math.floor(limit / 3)));
  const spare = Math.max(0, limit - top.length);
  const nodes = top.map((node) => {
    const { children, bytes } = node;
    if (children === undefined) return node;
    const most = Math.floor((spare * bytes) / map.fileBytes);
    return { ...node, children: most < leastInside ? undefined : heaviest(children, most) };
  });
  return { ...map, nodes };
}

const headers: ReadonlySet<string> = new Set(["file-header", "program-headers", "section-headers"]);

/** Shown however light they are. */
const leastParts = 24;
const leastInside = 3;

function groupOf(kind: "removable" | "headers", parts: readonly ElfPart[]): readonly ElfMapNode[] {
  const children = byName(parts).map((node) => ({ ...node, children: undefined }));
  return parts.length === 0 ? [] : [{ ...nodeOf(kind, children), children }];
}

function byName(parts: readonly ElfPart[]): readonly ElfMapNode[] {
  const named = new Map<string, ElfPart[]>();
  for (const part of parts) {
    const key = `${part.kind} ${part.isCompressed} ${part.name}`;
    const same = named.get(key);
    if (same === undefined) named.set(key, [part]);
    else same.push(part);
  }
  return Array.from(named.values(), (same) => {
    const { kind = "unnamed", name = "", isCompressed = false } = same[0] ?? {};
    return { ...nodeOf(kind, same), name, isCompressed, children: packagesOf(same) };
  });
}

function packagesOf(parts: readonly ElfPart[]): readonly ElfMapNode[] | undefined {
  const packages = new Map<string, ElfMapNode>();
  for (const found of parts.flatMap((part) => part.packages)) {
    const before = packages.get(found.name)?.bytes ?? 0;
    const node = nodeOf("package", [found]);
    packages.set(found.name, { ...node, name: found.name, bytes: before + found.bytes });
  }
  if (packages.size === 0) return undefined;
  const named = [...packages.values()];
  const restBytes = sumOf(parts) - sumOf(named);
  if (restBytes === 0) return named;
  return [...named, nodeOf("not-named", [{ use: mainUseOf(parts), bytes: restBytes }])];
}

function nodeOf(
  kind: ElfMapNode["kind"],
  parts: readonly { readonly use: ElfUse; readonly bytes: number }[],
): ElfMapNode {
  return {
    kind,
    name: "",
    isCompressed: false,
    use: mainUseOf(parts),
    bytes: sumOf(parts),
    count: 0,
    children: undefined,
  };
}

/** The heaviest, and one node for all others. */
function heaviest(nodes: readonly ElfMapNode[], limit: number): readonly ElfMapNode[] {
  const rests = nodes.filter(({ kind }) => kind === "rest");
  const sorted = nodes
    .filter(({ kind }) => kind !== "rest")
    .toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  if (sorted.length + rests.length <= limit) return [...sorted, ...rests];
  const folded = [...sorted.slice(Math.max(0, limit - 1)), ...rests];
  const count = folded.reduce((sum, node) => sum + Math.max(1, node.count), 0);
  return [...sorted.slice(0, Math.max(0, limit - 1)), { ...nodeOf("rest", folded), count }];
}

function sumOf(parts: readonly { readonly bytes: number }[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}
