import { type ElfMap, type ElfMapNode, fitElfMap } from "../image/elfMap.ts";
import type { ElfUse } from "../image/elfUses.ts";

/** A part of a binary, for people. Its bytes are the sum of its children's where it has any. */
export interface BinaryNode {
  /** A section or package as the file calls it, or what the bytes are in words; "" for a `rest`. */
  readonly name: string;
  readonly kind: "section" | "rest";
  readonly use: ElfUse;
  readonly bytes: number;
  /** Parts that a `rest` stands for; 0 for all others. */
  readonly count: number;
  /** Heaviest first, a `rest` last; undefined for what is one whole. */
  readonly children: readonly BinaryNode[] | undefined;
}

/**
 * What a binary is made of, heaviest first; together the nodes weigh exactly what the file does. Never many more of them than `limit`.
 */
export function binaryMapOf(map: ElfMap, limit: number): readonly BinaryNode[] {
  const toNode = (node: ElfMapNode): BinaryNode => ({
    name: wordsOf(node, map.hasSections),
    kind: node.kind === "rest" ? "rest" : "section",
    use: node.use,
    bytes: node.bytes,
    count: node.count,
    children: node.children?.map(toNode),
  });
  return fitElfMap(map, limit).nodes.map(toNode);
}

/** One sentence about what the map does not show; undefined where there is nothing to say. */
export function binaryRemark({ areGoPackagesNamed }: ElfMap): string | undefined {
  return areGoPackagesNamed === false
    ? "This Go program is not divided by package: which function is where cannot be read in it."
    : undefined;
}

function wordsOf(node: ElfMapNode, hasSections: boolean): string {
  const { kind, name } = node;
  if (kind === "section") return sectionWords(node);
  if (kind === "segment") return hasSections ? "Loaded, in no section" : segmentWords(name);
  if (kind === "appended") return `Beyond the last ${hasSections ? "section" : "segment"}`;
  return kind === "package" ? name : fixedWords[kind];
}

const fixedWords: Readonly<
  Record<Exclude<ElfMapNode["kind"], "section" | "segment" | "appended" | "package">, string>
> = {
  "file-header": "File header",
  "program-headers": "Program headers",
  "section-headers": "Section headers",
  padding: "Padding, zeros",
  unnamed: "Named by no header",
  "not-named": "Not named",
  removable: "Debug information and symbols",
  headers: "Headers",
  rest: "",
};

function sectionWords({ name, isCompressed }: ElfMapNode): string {
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
