import type { LayerRegion, StoredTar } from "./layerSource.ts";
import type { ContentPlaces } from "./layerTasks.ts";

/** Some of the contents of one layer: rows of what is wanted of it. */
export interface LayerRows {
  readonly layer: number;
  readonly rows: readonly number[];
}

/** Pairs of contents that may be the same, between two layers or within one; equally many rows on both sides. */
export interface RowPairs {
  readonly one: LayerRows;
  readonly other: LayerRows;
}

/** How it is found out which contents are the same. */
export interface ContentPlan {
  readonly hashed: readonly LayerRows[];
  readonly compared: readonly RowPairs[];
  /** No other content has that size. */
  readonly alone: readonly LayerRows[];
}

/** Contents of layers, one list for each. */
interface Contents {
  readonly places: readonly ContentPlaces[];
  /** Whether nothing else of their sizes has a hash that they would have to agree with. */
  readonly areHashesNew: boolean;
}

interface Row {
  readonly layer: number;
  readonly row: number;
}

/**
 * Two contents of one size are compared, which costs less than hashing both and leaves no doubt; more of one size are hashed, and all of
 * them where another has a hash already, or where contents lie in a folder. O(contents).
 */
export function planContents(
  { places, areHashesNew }: Contents,
  regions: readonly (StoredTar | undefined)[],
): ContentPlan {
  const bySize = new Map<number, Row[]>();
  places.forEach(({ bytes }, layer) => {
    if (regions[layer] === undefined) return;
    bytes.forEach((size, row) => {
      const alike = bySize.get(size);
      if (alike === undefined) bySize.set(size, [{ layer, row }]);
      else alike.push({ layer, row });
    });
  });
  const hashed = new Map<number, number[]>();
  const alone = new Map<number, number[]>();
  const compared = new Map<string, { readonly one: Row; readonly other: Row }[]>();
  for (const alike of bySize.values()) {
    const [one, other, third] = alike;
    const isPlain = areHashesNew && alike.every(({ layer }) => regions[layer]?.kind === "file");
    if (!isPlain || one === undefined || third !== undefined) {
      for (const { layer, row } of alike) addTo(hashed, layer, row);
    } else if (other === undefined) addTo(alone, one.layer, one.row);
    else addTo(compared, `${one.layer} ${other.layer}`, { one, other });
  }
  return {
    hashed: toLayerRows(hashed),
    alone: toLayerRows(alone),
    compared: [...compared.values()].map((pairs) => toRowPairs(pairs, places)),
  };
}

/** The regions of a pair; undefined for what is not planned. */
export function pairRegions(
  { one, other }: RowPairs,
  regions: readonly (StoredTar | undefined)[],
): readonly [LayerRegion, LayerRegion] | undefined {
  const [first, second] = [regions[one.layer], regions[other.layer]];
  return first?.kind === "file" && second?.kind === "file" ? [first, second] : undefined;
}

/** The places of those rows, in their order. */
export function placesOfRows(
  places: readonly ContentPlaces[],
  { layer, rows }: LayerRows,
): ContentPlaces {
  const { offset, bytes } = places[layer] ?? { offset: [], bytes: [] };
  return {
    offset: Float64Array.from(rows, (row) => offset[row] ?? 0),
    bytes: Float64Array.from(rows, (row) => bytes[row] ?? 0),
  };
}

/** In the order of the first file, so that at least one is read forward. */
function toRowPairs(
  pairs: readonly { readonly one: Row; readonly other: Row }[],
  places: readonly ContentPlaces[],
): RowPairs {
  const offsetOf = ({ layer, row }: Row): number => places[layer]?.offset[row] ?? 0;
  const sorted = pairs.toSorted((a, b) => offsetOf(a.one) - offsetOf(b.one));
  const side = (which: "one" | "other"): LayerRows => ({
    layer: sorted[0]?.[which].layer ?? 0,
    rows: sorted.map((pair) => pair[which].row),
  });
  return { one: side("one"), other: side("other") };
}

function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function toLayerRows(rows: ReadonlyMap<number, readonly number[]>): readonly LayerRows[] {
  return [...rows].map(([layer, own]) => ({ layer, rows: own }));
}
