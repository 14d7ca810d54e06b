import type { Treemap, TreemapNode } from "../../server/src/protocol/treemap.ts";
import type { Leaf } from "./layout.ts";
import { layerNameOf } from "./places.ts";

/** What colours stand for. */
export type ColourBy = "layer" | "content";

/** Colours and patterns that the style sheet has, `fill-0` and so on. */
export const fillCount = 12;

/** An entry of the legend. */
export interface LegendEntry {
  /** Class of the style sheet. */
  readonly fill: string;
  readonly name: string;
  /** What it says when pointed at. */
  readonly title: string;
  readonly bytes: number;
}

/** What colours stand for on a map: a binary is all of one layer, so there they say what its bytes are for. */
export function coloursOf({ root }: Treemap, chosen: ColourBy): ColourBy {
  return isBinary(root) ? "content" : chosen;
}

/** Whether it is a file opened into its sections. */
export function isBinary({ kind, opens, children }: TreemapNode): boolean {
  return kind === "file" && opens === true && children !== undefined;
}

/** Class of a rectangle: the same for the same layer or kind in every map of an image. */
export function fillOf(
  { layer, content }: TreemapNode,
  by: ColourBy,
  contents: readonly string[],
): string {
  const index = by === "layer" ? layer : Math.max(0, contents.indexOf(content));
  return `fill-${index % fillCount}`;
}

/** What the colours on the map mean, most bytes first. An area that holds several is counted where most of it belongs, as it is coloured. */
export function legendOf(
  map: Treemap,
  leaves: readonly Leaf[],
  by: ColourBy,
): readonly LegendEntry[] {
  const entries = new Map<string, LegendEntry>();
  for (const { place, bytes } of leaves) {
    const { node } = place;
    const name = by === "layer" ? layerNameOf(map, node.layer) : nameOfContent(node.content);
    const title = by === "layer" ? (map.layers[node.layer]?.text ?? name) : name;
    const known = entries.get(name)?.bytes ?? 0;
    const fill = fillOf(node, by, map.contents);
    entries.set(name, { fill, name, title, bytes: known + bytes });
  }
  return [...entries.values()].toSorted((a, b) => b.bytes - a.bytes);
}

/** For people. */
export function nameOfContent(content: string): string {
  return names.get(content) ?? content;
}

const names: ReadonlyMap<string, string> = new Map([
  ["program", "Programs"],
  ["library", "Libraries"],
  ["code", "Code"],
  ["archive", "Archives"],
  ["media", "Pictures, sound, fonts"],
  ["document", "Documents"],
  ["data", "Data"],
  ["other", "Other files"],
  ["constants", "Read-only data"],
  ["variables", "Writable data"],
  ["go-own", "Main package and its module"],
  ["go-standard", "Go's own library"],
  ["go-other", "Other Go packages"],
  ["debug", "Debug information"],
  ["symbols", "Symbols"],
  ["headers", "Headers"],
  ["padding", "Padding"],
  ["appended", "Appended"],
  ["not-loaded", "Not loaded"],
]);
