import type { Treemap, TreemapMatch } from "../../server/src/protocol/treemap.ts";
import type { ColourBy } from "./colours.ts";
import { type ContextOf, drawMap, type Drawing, markFocus } from "./drawing.ts";
import { element } from "../elements.ts";
import { boxOfPlace, type Layout, layoutOf } from "./layout.ts";
import { type Direction, neighbour } from "./navigation.ts";
import { type Place, placeKey } from "./places.ts";
import { isFound } from "./search.ts";
import type { Tooltip } from "./tooltip.ts";
import { factsOf, spoken } from "./words.ts";

/** A map to show. */
export interface Sheet {
  readonly map: Treemap;
  readonly root: Place;
  readonly by: ColourBy;
  /** Key of the place that gets the focus when the map does. */
  readonly selected: string | undefined;
  /** Undefined while nothing is looked for. */
  readonly matches: readonly TreemapMatch[] | undefined;
}

/** The drawing with pointer and keys. */
export interface MapView {
  readonly element: HTMLElement;
  show(sheet: Sheet): void;
  /** Lets what was not found step back; nothing does without matches. */
  mark(matches: readonly TreemapMatch[] | undefined): void;
  /** Draws again in the size that the window has now. */
  resize(): void;
  focus(): void;
}

/** What one does on it. */
export interface MapActions {
  goToLine(place: Place): void;
  zoomIn(place: Place): void;
  zoomOut(): void;
  select(key: string): void;
  readonly contextOf: ContextOf;
}

interface Shown {
  readonly sheet: Sheet;
  readonly layout: Layout;
  readonly drawing: Drawing;
}

/** The view while it lives. */
interface Living {
  readonly box: HTMLElement;
  readonly tip: Tooltip;
  readonly actions: MapActions;
  shown: Shown | undefined;
  selected: Place | undefined;
}

/** An empty map. */
export function mapView(tip: Tooltip, actions: MapActions): MapView {
  const box = element("div", { class: "map", role: "group" });
  const living: Living = { box, tip, actions, shown: undefined, selected: undefined };
  followPointer(living);
  box.addEventListener("keydown", (event) => followKey(living, event));
  box.addEventListener("focusin", () => tellOfFocus(living));
  box.addEventListener("focusout", () => tip.hide());
  return {
    element: box,
    show: (sheet) => draw(living, sheet),
    mark: (matches) => {
      if (living.shown === undefined) return;
      living.shown = { ...living.shown, sheet: { ...living.shown.sheet, matches } };
      dim(living.shown);
    },
    resize: () => {
      const { shown, selected } = living;
      if (shown === undefined || box.clientWidth === 0) return;
      draw(living, { ...shown.sheet, selected: selected && placeKey(selected) });
    },
    focus: () => focusOn(living, living.selected),
  };
}

function draw(living: Living, sheet: Sheet): void {
  const { box, actions } = living;
  const hadFocus = box.contains(document.activeElement);
  const { clientWidth: width, clientHeight: height } = box;
  const layout = layoutOf(sheet.root, width, height);
  const { contextOf } = actions;
  const drawing = drawMap(sheet.map, sheet.root, layout, {
    by: sheet.by,
    width,
    height,
    contextOf,
  });
  const shown = { sheet, layout, drawing };
  living.shown = shown;
  dim(shown);
  box.replaceChildren(drawing.svg);
  box.setAttribute("aria-label", labelOf(sheet));
  const places = [...layout.leaves, ...layout.frames].map(({ place }) => place);
  select(living, places.find((place) => placeKey(place) === sheet.selected) ?? places[0]);
  if (hadFocus) focusOn(living, living.selected);
}

function select(living: Living, place: Place | undefined): void {
  const { shown, selected, actions } = living;
  if (selected !== undefined) shown?.drawing.elementOf(selected)?.setAttribute("tabindex", "-1");
  living.selected = place;
  if (shown === undefined || place === undefined) return;
  shown.drawing.elementOf(place)?.setAttribute("tabindex", "0");
  markFocus(shown.drawing, boxOfPlace(shown.layout, place));
  actions.select(placeKey(place));
}

function focusOn(living: Living, place: Place | undefined): void {
  if (place === undefined) return;
  select(living, place);
  living.shown?.drawing.elementOf(place)?.focus();
}

/** One who goes by keys has no pointer to ask with. */
function tellOfFocus({ box, shown, selected, tip }: Living): void {
  const isByKeys = box.querySelector(":focus-visible") !== null;
  const at = shown && selected && boxOfPlace(shown.layout, selected);
  if (!isByKeys || at === undefined || shown === undefined || selected === undefined) return;
  const { left, top } = box.getBoundingClientRect();
  tip.show(selected, () => factsOf(shown.sheet.map, selected), {
    x: left + at.x + Math.min(at.width, 40),
    y: top + at.y + at.height - distanceInside,
  });
}

/** The tooltip of what has the focus begins inside of it. */
const distanceInside = 16;

function labelOf({ root, map }: Sheet): string {
  return `Treemap of ${spoken(map, root)}. Arrow keys go from area to area, Shift and arrow up to the directory around it, Enter zooms in, Escape zooms out, Space goes to the line. The button Table shows the same as a table.`;
}

/** What was not found steps back. */
function dim({ sheet, drawing }: Shown): void {
  const { matches } = sheet;
  for (const leaf of drawing.svg.querySelectorAll(".leaf")) {
    const place = drawing.placeAt(leaf);
    const isIn = matches !== undefined && place !== undefined && isFound(place, matches);
    leaf.classList.toggle("found", isIn);
    leaf.classList.toggle("dimmed", matches !== undefined && !isIn);
  }
}

function followPointer(living: Living): void {
  const { box, tip, actions } = living;
  const placeAt = ({ target }: Event): Place | undefined => living.shown?.drawing.placeAt(target);
  box.addEventListener("pointermove", (event) => {
    const place = placeAt(event);
    const map = living.shown?.sheet.map;
    if (place === undefined || map === undefined) tip.hide();
    else tip.show(place, () => factsOf(map, place), { x: event.clientX, y: event.clientY });
  });
  box.addEventListener("pointerleave", () => tip.hide());
  box.addEventListener("pointerdown", (event) => {
    focusOn(living, placeAt(event));
    tip.hide();
    event.preventDefault();
  });
  box.addEventListener("click", (event) => {
    const place = placeAt(event);
    if (place !== undefined) actions.goToLine(place);
  });
  box.addEventListener("dblclick", (event) => {
    const place = placeAt(event);
    if (place !== undefined) actions.zoomIn(place);
  });
}

type Key = (living: Living, place: Place) => void;

const keys: ReadonlyMap<string, Key> = new Map<string, Key>([
  ...Object.entries({ Left: "left", Right: "right", Up: "up", Down: "down" } as const).map(
    ([name, direction]): [string, Key] => [
      `Arrow${name}`,
      (living, place) => move(living, place, direction),
    ],
  ),
  ["Shift+ArrowUp", (living, { parent }) => parent?.parent && focusOn(living, parent)],
  ["Shift+ArrowDown", (living, { children }) => focusOn(living, children[0])],
  ["Home", (living) => step(living, Number.NEGATIVE_INFINITY)],
  ["End", (living) => step(living, Number.POSITIVE_INFINITY)],
  ["PageDown", (living) => step(living, 1)],
  ["PageUp", (living) => step(living, -1)],
  ["Enter", ({ actions }, place) => actions.zoomIn(place)],
  [" ", ({ actions }, place) => actions.goToLine(place)],
  ["Escape", zoomOut],
  ["Backspace", zoomOut],
]);

function followKey(living: Living, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || living.selected === undefined) return;
  const press = keys.get(`${event.shiftKey ? "Shift+" : ""}${event.key}`);
  if (press === undefined) return;
  press(living, living.selected);
  event.preventDefault();
}

function move(living: Living, from: Place, direction: Direction): void {
  const { shown } = living;
  const at = shown && boxOfPlace(shown.layout, from);
  if (at !== undefined)
    focusOn(living, neighbour(shown?.layout.leaves ?? [], at, direction)?.place);
}

/** From one rectangle to the next in the order of weight: so each can be reached, however small. */
function step(living: Living, by: number): void {
  const places = (living.shown?.layout.leaves ?? []).map(({ place }) => place);
  const at = places.findIndex((place) => place === living.selected);
  focusOn(living, places[Math.max(0, Math.min(places.length - 1, at + by))]);
}

function zoomOut({ tip, actions }: Living): void {
  tip.hide();
  actions.zoomOut();
}
