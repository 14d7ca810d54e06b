import type { FileTree } from "../image/fileTree.ts";
import { type ContentKind, contentKindOf, contentKinds } from "./contentKind.ts";

/** Bytes by layer and by kind of content. */
export interface Tally {
  /** Index: layer, base 0. */
  readonly layers: Map<number, number>;
  /** Index: place in `contentKinds`. */
  readonly contents: Float64Array;
}

/** Nothing counted yet. */
export function createTally(): Tally {
  return { layers: new Map(), contents: new Float64Array(contentKinds.length) };
}

/** Adds a node and all below it; returns the tally. O(nodes below). */
export function addSubtree(tally: Tally, tree: FileTree, root: number): Tally {
  const end = tree.subtreeEnd[root] ?? root + 1;
  for (let node = root; node < end; node += 1) {
    const bytes = tree.bytes[node] ?? 0;
    if (bytes === 0) continue;
    addToLayer(tally, tree.layer[node] ?? 0, bytes);
    const content = placeOf.get(contentKindOf(tree, node)) ?? 0;
    tally.contents[content] = (tally.contents[content] ?? 0) + bytes;
  }
  return tally;
}

/** Adds what another one counted; returns the first. */
export function addTally(sum: Tally, { layers, contents }: Tally): Tally {
  for (const [layer, bytes] of layers) addToLayer(sum, layer, bytes);
  contents.forEach((bytes, index) => {
    sum.contents[index] = (sum.contents[index] ?? 0) + bytes;
  });
  return sum;
}

/** The layer and the kind of content that most bytes are of; layer 0 and `other` when there are none. */
export function mostOf({ layers, contents }: Tally): {
  readonly layer: number;
  readonly content: ContentKind;
} {
  let layer = 0;
  let most = 0;
  for (const [index, bytes] of layers) {
    if (bytes > most) [layer, most] = [index, bytes];
  }
  const place = contents.reduce(
    (best, bytes, index) => (bytes > (contents[best] ?? 0) ? index : best),
    contentKinds.length - 1,
  );
  return { layer, content: contentKinds[place] ?? "other" };
}

const placeOf: ReadonlyMap<ContentKind, number> = new Map(
  contentKinds.map((kind, index) => [kind, index]),
);

function addToLayer({ layers }: Tally, layer: number, bytes: number): void {
  layers.set(layer, (layers.get(layer) ?? 0) + bytes);
}
