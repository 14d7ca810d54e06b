import type { ElfMap } from "../image/elfMap.ts";
import type { ElfUse } from "../image/elfUses.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { type BinaryNode, binaryMapOf } from "./binaryMap.ts";
import { escapeSteering, fitEnd } from "./reportCells.ts";
import { formatShare } from "./totals.ts";

/** A part of a binary with its texts; absent fields mean nothing to say. */
export interface BinaryTexts {
  readonly name: string;
  /** The name with characters escaped that would turn text around, and cut where it is very long; absent where it is the same. */
  readonly label?: string;
  readonly bytes: number;
  readonly sizeText: string;
  readonly exactText: string;
  /** Share of the whole file: `45%`. */
  readonly shareText: string;
  /** Parts that a `rest` stands for. */
  readonly count?: number;
}

/** A part of a binary, for lists. */
export interface BinaryPart extends BinaryTexts {
  readonly kind: BinaryNode["kind"];
  /** What most of its bytes are there for. */
  readonly use: ElfUse;
  /** Heaviest first, a `rest` last. */
  readonly children?: readonly BinaryPart[];
}

/** The parts of a binary, heaviest first; together they weigh what the file does. */
export function binaryParts(map: ElfMap, limit: number): readonly BinaryPart[] {
  const toPart = (node: BinaryNode): BinaryPart => ({
    ...binaryTexts(node, map.fileBytes),
    kind: node.kind,
    use: node.use,
    ...(node.children === undefined ? {} : { children: node.children.map(toPart) }),
  });
  return binaryMapOf(map, limit).map(toPart);
}

/** What a part is called and weighs, safe to show. */
export function binaryTexts({ name, bytes, count }: BinaryNode, fileBytes: number): BinaryTexts {
  const label = fitEnd(escapeSteering(name), mostLabelColumns);
  return {
    name,
    ...(label === name ? {} : { label }),
    bytes,
    sizeText: formatSize(bytes),
    exactText: formatExactBytes(bytes),
    shareText: formatShare(bytes, fileBytes) ?? "",
    ...(count === 0 ? {} : { count }),
  };
}

const mostLabelColumns = 120;
