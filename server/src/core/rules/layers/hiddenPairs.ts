import type { Instruction } from "../../dockerfile/syntax.ts";
import { type FileTree, pathOf } from "../../image/fileTree.ts";
import type { ReadImage, WasteKind, WasteTable } from "../../image/image.ts";
import { wasteKinds } from "../../image/image.ts";
import type { RuleContext } from "../context.ts";

/** What one layer wrote and another was the first to hide. */
export interface LayerPair {
  readonly writtenByLayer: number;
  readonly hiddenByLayer: number;
  /** Of the waste table, ascending. */
  readonly rows: readonly number[];
  readonly bytesOf: Readonly<Record<WasteKind, number>>;
}

/** The same by the lines of the file, both measured as they stand now. */
export interface HiddenPair extends LayerPair {
  readonly writer: Instruction;
  readonly hider: Instruction;
}

/** Every pair of layers with waste between them, by writer, then hider. One pass over the waste table for each image. */
export function layerPairs(context: RuleContext): readonly LayerPair[] {
  const { read, memory } = context;
  return read === undefined ? [] : memory.recall(read, "layer-pairs", () => pairsOf(read));
}

/** The pairs of which both lines are known; the FROM stands for the base image's layers. */
export function hiddenPairs(context: RuleContext): readonly HiddenPair[] {
  return context.recall("hidden pairs", () => pairsByLine(context));
}

function pairsByLine(context: RuleContext): readonly HiddenPair[] {
  const pairs = layerPairs(context);
  if (pairs.length === 0) return [];
  const lineOf = new Map(
    context.shipped.flatMap((instruction) =>
      (context.measuredLayers(instruction) ?? []).map((layer) => [layer, instruction] as const),
    ),
  );
  return pairs.flatMap((pair) => {
    const writer = lineOf.get(pair.writtenByLayer);
    const hider = lineOf.get(pair.hiddenByLayer);
    return writer === undefined || hider === undefined ? [] : [{ ...pair, writer, hider }];
  });
}

/** Bytes of some kinds of waste. */
export function bytesOfKinds(
  pairs: readonly LayerPair[],
  kinds: readonly WasteKind[] = wasteKinds,
): number {
  return pairs.reduce(
    (sum, { bytesOf }) => sum + kinds.reduce((bytes, kind) => bytes + bytesOf[kind], 0),
    0,
  );
}

/** Bytes of a pair's rows of some kinds whose paths are wanted. O(rows · depth of their paths). */
export function hiddenBytesAt(
  { waste, layers }: ReadImage,
  { rows, writtenByLayer }: LayerPair,
  kinds: readonly WasteKind[],
  isWanted: (path: string) => boolean,
): number {
  const tree = layers[writtenByLayer]?.tree;
  if (tree === undefined) return 0;
  return rows.reduce((sum, row) => {
    const isOfKind = kinds.includes(wasteKinds[waste.kind[row] ?? 0] ?? "deleted");
    const isCounted = isOfKind && isWanted(pathOf(tree, waste.node[row] ?? 0));
    return isCounted ? sum + (waste.bytes[row] ?? 0) : sum;
  }, 0);
}

/** The deepest file or directory that holds nearly all of a pair's bytes of some kinds; undefined when that is the root. */
export function placeOf(
  context: RuleContext,
  pair: LayerPair,
  kinds: readonly WasteKind[],
): string | undefined {
  const { read, memory } = context;
  const { writtenByLayer, hiddenByLayer } = pair;
  if (read === undefined) return undefined;
  const name = `place ${writtenByLayer} ${hiddenByLayer} ${kinds.join()}`;
  return memory.recall(read, name, () => findPlace(read, pair, kinds));
}

/** Share of the bytes below which a directory no longer stands for the whole. */
const mostOf = 0.9;

function findPlace(
  { waste, layers }: ReadImage,
  pair: LayerPair,
  kinds: readonly WasteKind[],
): string | undefined {
  const tree = layers[pair.writtenByLayer]?.tree;
  if (tree === undefined) return undefined;
  const bytes = bytesByNode(waste, tree, pair.rows, kinds);
  const least = mostOf * (bytes.get(0) ?? 0);
  // All nodes this heavy lie on one path: the last in preorder is the deepest.
  const heavy = [...bytes].filter(([, own]) => own > 0 && own >= least).map(([node]) => node);
  const deepest = heavy.reduce((last, node) => Math.max(last, node), 0);
  return deepest === 0 ? undefined : pathOf(tree, deepest);
}

/** Bytes of the rows' nodes and of every directory above them; the root has their sum. */
function bytesByNode(
  waste: WasteTable,
  tree: FileTree,
  rows: readonly number[],
  kinds: readonly WasteKind[],
): ReadonlyMap<number, number> {
  const bytes = new Map<number, number>();
  for (const row of rows) {
    if (!kinds.includes(wasteKinds[waste.kind[row] ?? 0] ?? "deleted")) continue;
    const own = waste.bytes[row] ?? 0;
    for (let node = waste.node[row] ?? 0; node > 0; node = tree.parent[node] ?? 0) {
      bytes.set(node, (bytes.get(node) ?? 0) + own);
    }
    bytes.set(0, (bytes.get(0) ?? 0) + own);
  }
  return bytes;
}

function pairsOf({ waste }: ReadImage): readonly LayerPair[] {
  const pairs = new Map<number, { rows: number[]; bytesOf: Record<WasteKind, number> }>();
  for (let row = 0; row < waste.count; row += 1) {
    const key = (waste.writtenByLayer[row] ?? 0) * 0x1_0000 + (waste.hiddenByLayer[row] ?? 0);
    const pair = pairs.get(key) ?? { rows: [], bytesOf: noBytes() };
    pairs.set(key, pair);
    pair.rows.push(row);
    pair.bytesOf[wasteKinds[waste.kind[row] ?? 0] ?? "deleted"] += waste.bytes[row] ?? 0;
  }
  return [...pairs]
    .toSorted(([a], [b]) => a - b)
    .map(([key, pair]) => ({
      ...pair,
      writtenByLayer: Math.floor(key / 0x1_0000),
      hiddenByLayer: key % 0x1_0000,
    }));
}

function noBytes(): Record<WasteKind, number> {
  return { deleted: 0, overwritten: 0, "metadata-only": 0, moved: 0, opaque: 0, replaced: 0 };
}
