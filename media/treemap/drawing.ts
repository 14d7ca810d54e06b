import type { Treemap } from "../../server/src/protocol/treemap.ts";
import { captionsOf, lineHeight, type Caption } from "./captions.ts";
import { fillCount, fillOf, type ColourBy } from "./colours.ts";
import { type Attributes, shape } from "../elements.ts";
import type { Box, Frame, Layout, Leaf } from "./layout.ts";
import { allPlaces, type Place } from "./places.ts";
import { spoken } from "./words.ts";

/** What is drawn, and what was drawn for what. */
export interface Drawing {
  readonly svg: SVGSVGElement;
  /** The place that an element of the drawing stands for. */
  placeAt(target: EventTarget | null): Place | undefined;
  /** What takes the focus for a place: its rectangle, or its name where it holds others. */
  elementOf(place: Place): SVGElement | undefined;
}

/** What the native context menu is told of a place; undefined where it has nothing to offer. */
export type ContextOf = (place: Place) => string | undefined;

/** How a map is drawn. */
export interface DrawingOptions {
  readonly by: ColourBy;
  readonly width: number;
  readonly height: number;
  readonly contextOf: ContextOf;
}

/** Draws rectangles, frames and names. */
export function drawMap(
  map: Treemap,
  root: Place,
  layout: Layout,
  { by, width, height, contextOf }: DrawingOptions,
): Drawing {
  const places = allPlaces(root);
  const indexOf = new Map(places.map((place, index) => [place, index]));
  const elements = new Map<Place, SVGElement>();
  const group = (place: Place, name: string, content: readonly Node[]): SVGElement => {
    const made = shape("g", { class: name, ...focusable(map, place, contextOf) }, ...content);
    made.setAttribute("data-place", String(indexOf.get(place)));
    if (!elements.has(place)) elements.set(place, made);
    return made;
  };
  const captions = captionsOf(layout, textMeasure());
  const leafTexts = new Map(captions.leaves.map((caption) => [caption.of, caption]));
  const chips = new Map(captions.frames.map((caption) => [caption.of, caption]));
  const svg = shape(
    "svg",
    { width, height, viewBox: `0 0 ${width} ${height}`, class: "drawing" },
    patterns(),
    ...layout.leaves.map((leaf) =>
      group(leaf.place, leaf.isWasted ? "leaf wasted" : "leaf", [
        ...areas(leaf, fillOf(leaf.place.node, by, map.contents)),
        ...leafText(leafTexts.get(leaf)),
      ]),
    ),
    // The outer ones last: their lines are the stronger ones.
    ...layout.frames
      .toReversed()
      .map((frame) =>
        group(frame.place, `frame depth-${Math.min(frame.depth, 3)}`, [
          shape("rect", { ...boxAttributes(frame), class: "line" }),
          ...chip(chips.get(frame)),
        ]),
      ),
    shape("rect", { class: "focus", visibility: "hidden" }),
  );
  return {
    svg,
    placeAt: (target) => {
      const found = target instanceof Element ? target.closest("[data-place]") : null;
      return found === null ? undefined : places[Number(found.getAttribute("data-place"))];
    },
    elementOf: (place) => elements.get(place),
  };
}

function focusable(map: Treemap, place: Place, contextOf: ContextOf): Attributes {
  return {
    role: "img",
    tabindex: -1,
    "aria-label": spoken(map, place),
    "data-vscode-context": contextOf(place),
  };
}

/** Puts the frame around what has the focus; around nothing without a box. */
export function markFocus({ svg }: Drawing, box: Box | undefined): void {
  const mark = svg.querySelector(".focus");
  if (mark === null) return;
  mark.setAttribute("visibility", box === undefined ? "hidden" : "visible");
  if (box === undefined) return;
  mark.setAttribute("x", String(box.x + 1.5));
  mark.setAttribute("y", String(box.y + 1.5));
  mark.setAttribute("width", String(Math.max(1, box.width - 3)));
  mark.setAttribute("height", String(Math.max(1, box.height - 3)));
}

function boxAttributes({ x, y, width, height }: Box): Readonly<Record<string, number>> {
  return { x, y, width, height };
}

function areas(leaf: Leaf, fill: string): readonly Node[] {
  const box = boxAttributes(leaf);
  return [
    shape("rect", { ...box, class: `area ${fill}` }),
    ...(leaf.isWasted ? [shape("rect", { ...box, class: "hatch" })] : []),
  ];
}

function leafText(caption: Caption<Leaf> | undefined): readonly Node[] {
  if (caption === undefined) return [];
  const { x, y, text, second } = caption;
  const first = shape("text", { x: x + 4, y: y + 12, class: "name" }, text);
  if (second === undefined) return [first];
  return [first, shape("text", { x: x + 4, y: y + 12 + lineHeight, class: "size" }, second)];
}

function chip(caption: Caption<Frame> | undefined): readonly Node[] {
  if (caption === undefined) return [];
  const { x, y, width, height, text } = caption;
  return [
    shape("rect", { x, y, width, height, class: "chip" }),
    shape("text", { x: x + 4, y: y + 12, class: "name" }, text),
  ];
}

/** Textures for those who see no colours, and the hatching of waste. */
function patterns(): Node {
  const lines = [
    "",
    "M0 4H8",
    "M4 0V8",
    "M0 4H8M4 0V8",
    "M0 8L8 0",
    "M0 0L8 8",
    "M2 2h1v1h-1z",
    "M0 0L8 8M0 8L8 0",
    "M0 2H8M0 6H8",
    "M2 0V8M6 0V8",
    "M2 2h1v1h-1zM6 6h1v1h-1z",
    "M4 1L7 4L4 7L1 4z",
  ];
  return shape(
    "defs",
    {},
    ...Array.from({ length: fillCount }, (_, index) =>
      texture(`texture-${index}`, lines[index] ?? ""),
    ),
    shape(
      "pattern",
      {
        id: "hatching",
        width: 6,
        height: 6,
        patternUnits: "userSpaceOnUse",
        patternTransform: "rotate(45)",
      },
      shape("rect", { width: 2.5, height: 6, class: "hatching" }),
    ),
  );
}

function texture(id: string, line: string): Node {
  return shape(
    "pattern",
    { id, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
    shape("path", { d: line === "" ? "M0 0" : line, class: "texture" }),
  );
}

/** Measures texts as the style sheet sets the boldest of them, in the font of the page. */
function textMeasure(): (text: string) => number {
  const context = document.createElement("canvas").getContext("2d");
  if (context === null) return (text) => text.length * 7;
  context.font = `600 11px ${getComputedStyle(document.body).fontFamily}`;
  return (text) => context.measureText(text).width;
}
