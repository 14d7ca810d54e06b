import type { ElfLabels, ElfPart } from "../image/elfLabels.ts";

/** A part of a binary, for people. Its bytes are the sum of its children's where it has any. */
export interface BinaryNode {
  /** A section or package as the file calls it, or what the bytes are in words; "" for a `rest`. */
  readonly name: string;
  readonly kind: "section" | "rest";
  readonly bytes: number;
  /** Parts that a `rest` stands for; 0 for all others. */
  readonly count: number;
  /** Heaviest first, a `rest` last; undefined for what is one whole. */
  readonly children: readonly BinaryNode[] | undefined;
}

/**
 * What a binary is made of: its sections, those of Go programs with their packages, and in one group what `strip` takes away. Heaviest first; together they
 * weigh exactly what the file does. Never many more nodes than `limit`.
 */
export function binaryMapOf(labels: ElfLabels, limit: number): readonly BinaryNode[] {
  const isRemovable = ({ removable }: ElfPart): boolean => removable !== undefined;
  const isHeader = (part: ElfPart): boolean => headers.has(part.kind) && !isRemovable(part);
  const plain = labels.parts.filter((part) => !isRemovable(part) && !isHeader(part));
  const groups = [
    ...byName(labels, plain),
    ...groupOf("Debug information and symbols", labels, labels.parts.filter(isRemovable)),
    ...groupOf("Headers", labels, labels.parts.filter(isHeader)),
  ];
  const top = fit(groups, Math.max(leastParts, Math.floor(limit / 3)));
  const spare = Math.max(0, limit - top.length);
  return top.map((node) =>
    node.children === undefined
      ? node
      : opened(node, Math.floor((spare * node.bytes) / labels.fileBytes)),
  );
}

const headers: ReadonlySet<string> = new Set(["file-header", "program-headers", "section-headers"]);

/** Shown however light they are. */
const leastParts = 24;
const leastInside = 3;

/** What of a section is of no package that the program names: assembly, what the compiler makes, room for constants. */
const notNamed = "Not named";

function groupOf(
  name: string,
  labels: ElfLabels,
  parts: readonly ElfPart[],
): readonly BinaryNode[] {
  const children = byName(labels, parts).map((node) => ({ ...node, children: undefined }));
  return parts.length === 0 ? [] : [{ ...section(name, sumOf(parts)), children }];
}

function byName(labels: ElfLabels, parts: readonly ElfPart[]): readonly BinaryNode[] {
  const named = new Map<string, ElfPart[]>();
  for (const part of parts) {
    const name = wordsOf(part, labels);
    const same = named.get(name);
    if (same === undefined) named.set(name, [part]);
    else same.push(part);
  }
  return Array.from(named, ([name, same]) => ({
    ...section(name, sumOf(same)),
    children: packagesOf(same),
  }));
}

function packagesOf(parts: readonly ElfPart[]): readonly BinaryNode[] | undefined {
  const bytes = new Map<string, number>();
  for (const { packages } of parts) {
    for (const { name, bytes: more } of packages) bytes.set(name, (bytes.get(name) ?? 0) + more);
  }
  if (bytes.size === 0) return undefined;
  const named = Array.from(bytes, ([name, weight]) => section(name, weight));
  const restBytes = sumOf(parts) - sumOf(named);
  return restBytes > 0 ? [...named, section(notNamed, restBytes)] : named;
}

/** With as many children as there is room for; drawn as a whole where that is next to none. */
function opened(node: BinaryNode, limit: number): BinaryNode {
  const { children = [] } = node;
  return limit < leastInside
    ? { ...node, children: undefined }
    : { ...node, children: fit(children, limit) };
}

/** The heaviest, and one node for all others. */
function fit(nodes: readonly BinaryNode[], limit: number): readonly BinaryNode[] {
  const sorted = nodes.toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  if (sorted.length <= limit) return sorted;
  const rest = sorted.slice(limit - 1);
  return [
    ...sorted.slice(0, limit - 1),
    { name: "", kind: "rest", bytes: sumOf(rest), count: rest.length, children: undefined },
  ];
}

function section(name: string, bytes: number): BinaryNode {
  return { name, kind: "section", bytes, count: 0, children: undefined };
}

function sumOf(parts: readonly { readonly bytes: number }[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

function wordsOf(part: ElfPart, { hasSections }: ElfLabels): string {
  switch (part.kind) {
    case "section":
      return sectionWords(part);
    case "segment":
      return hasSections ? "Loaded, in no section" : segmentWords(part.name);
    case "file-header":
      return "File header";
    case "program-headers":
      return "Program headers";
    case "section-headers":
      return "Section headers";
    case "padding":
      return "Padding, zeros";
    case "appended":
      return `Beyond the last ${hasSections ? "section" : "segment"}`;
    case "unnamed":
      return "Named by no header";
  }
}

function sectionWords({ name, isCompressed }: ElfPart): string {
  const words = name === "" ? "Section without a name" : name;
  return isCompressed ? `${words} (compressed)` : words;
}

function segmentWords(name: string): string {
  switch (name) {
    case "code":
      return "Loaded as code";
    case "data":
      return "Loaded as data that may be written";
    case "constants":
      return "Loaded as constants";
    case "interpreter":
      return "Name of the loader";
    default:
      return "What the loader is told";
  }
}
