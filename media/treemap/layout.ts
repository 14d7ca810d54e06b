import { hierarchy, treemap, type HierarchyRectangularNode } from "d3-hierarchy";
import type { Place } from "./places.ts";

/** Where something is drawn, in pixels from the upper left corner of the map. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A rectangle that holds no others: its share of the map's area is that of its bytes, exactly. */
export interface Leaf extends Box {
  readonly place: Place;
  /** `kept` and `wasted` are the two parts of a place that is wasted in part only. */
  readonly part: "all" | "kept" | "wasted";
  readonly bytes: number;
  readonly isWasted: boolean;
}

/** Where a place lies that holds others. */
export interface Frame extends Box {
  readonly place: Place;
  /** 1 for what is directly in the map. */
  readonly depth: number;
}

export interface Layout {
  /** Each directory's together, heaviest first. */
  readonly leaves: readonly Leaf[];
  /** From the outside to the inside; without the root. */
  readonly frames: readonly Frame[];
}

/** Fills an area with a place, heaviest first from the upper left. Nothing where there are no bytes. */
export function layoutOf(root: Place, width: number, height: number): Layout {
  const tree = hierarchy<Part>(wholeOf(root), partsOf).sum((part) =>
    partsOf(part) === undefined ? part.bytes : 0,
  );
  if ((tree.value ?? 0) <= 0) return { leaves: [], frames: [] };
  const placed: HierarchyRectangularNode<Part>[] = [];
  treemap<Part>()
    .size([width, height])(tree)
    .eachBefore((node) => placed.push(node));
  return {
    leaves: placed
      .filter(({ children }) => children === undefined)
      .map((node) => ({ ...node.data, ...boxOf(node) })),
    frames: placed
      .filter(({ data, depth }) => depth > 0 && data.place.children.length > 0)
      .map((node) => ({ place: node.data.place, depth: node.depth, ...boxOf(node) })),
  };
}

/** The box of a place, a leaf's of both parts together; undefined where it is not drawn. */
export function boxOfPlace({ leaves, frames }: Layout, place: Place): Box | undefined {
  const frame = frames.find((one) => one.place === place);
  if (frame !== undefined) return frame;
  const parts = leaves.filter((leaf) => leaf.place === place);
  if (parts.length === 0) return undefined;
  const x = Math.min(...parts.map((part) => part.x));
  const y = Math.min(...parts.map((part) => part.y));
  return {
    x,
    y,
    width: Math.max(...parts.map((part) => part.x + part.width)) - x,
    height: Math.max(...parts.map((part) => part.y + part.height)) - y,
  };
}

type Part = Pick<Leaf, "place" | "part" | "bytes" | "isWasted">;

function wholeOf(place: Place): Part {
  const { bytes, wastedBytes } = place.node;
  return { place, part: "all", bytes, isWasted: bytes > 0 && wastedBytes === bytes };
}

function partsOf({ place, part }: Part): readonly Part[] | undefined {
  if (part !== "all") return undefined;
  if (place.children.length > 0) return place.children.map(wholeOf);
  const { bytes, wastedBytes } = place.node;
  if (wastedBytes <= 0 || wastedBytes >= bytes) return undefined;
  return [
    { place, part: "kept", bytes: bytes - wastedBytes, isWasted: false },
    { place, part: "wasted", bytes: wastedBytes, isWasted: true },
  ];
}

function boxOf({ x0, y0, x1, y1 }: HierarchyRectangularNode<Part>): Box {
  return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
}
