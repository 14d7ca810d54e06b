import type {
  Treemap,
  TreemapMatch,
  TreemapMatches,
  TreemapMessage,
  TreemapTarget,
} from "../../server/src/protocol/treemap.ts";
import { type ColourBy, coloursOf, isBinary, legendOf } from "./colours.ts";
import { contextOf } from "./context.ts";
import { element } from "../elements.ts";
import { layoutOf } from "./layout.ts";
import { type MapView, mapView } from "./mapView.ts";
import type { Memory } from "./memory.ts";
import {
  crumbsOf,
  entryKey,
  layerNameOf,
  type Place,
  placesOf,
  placeKey,
  zoomedOut,
  zoomTarget,
} from "./places.ts";
import { search, type Search } from "./search.ts";
import { drawTable } from "./table.ts";
import { legend, toolbar, type Toolbar } from "./toolbar.ts";
import { tooltip } from "./tooltip.ts";
import { spoken } from "./words.ts";

/** What the page is in. */
export interface Frame {
  post(message: TreemapMessage): void;
  remember(memory: Memory): void;
}

/** The page while it lives. */
interface Living {
  readonly frame: Frame;
  readonly tools: Toolbar;
  readonly finder: Search;
  readonly view: MapView;
  readonly table: HTMLElement;
  readonly foot: HTMLElement;
  readonly note: HTMLElement;
  readonly said: HTMLElement;
  memory: Memory | undefined;
  shown: { readonly map: Treemap; readonly root: Place } | undefined;
  /** Number of the newest question; answers to older ones come too late. */
  asked: number;
  sought: Sought;
}

/** The newest search. */
interface Sought {
  readonly request: number;
  /** In which files of which image: what was found holds for every place in them. */
  readonly within: string;
  /** Undefined while nothing is looked for, or nothing is known. */
  readonly matches: readonly TreemapMatch[] | undefined;
}

/** Colours that can be told apart in a line of text. */
const mostLegendEntries = 9;

/** Builds the page in an element and speaks with the client; what came before is taken up again. The function returned takes the client's messages. */
export function startTreemap(
  page: HTMLElement,
  frame: Frame,
  remembered: Memory | undefined,
): (message: TreemapMessage) => void {
  const tip = tooltip();
  const finder = search({
    find: (query) => find(living, query),
    open: (match) => openMatch(living, match),
  });
  const living: Living = {
    frame,
    finder,
    tools: toolbar(finder.element, {
      zoom: ({ target }) => show(living, target),
      colourBy: (by) => remember(living, { by }),
      toggleTable: () => remember(living, { isTable: living.memory?.isTable !== true }),
    }),
    view: mapView(tip, {
      contextOf,
      goToLine: (place) => goToLine(living, place),
      zoomIn: (place) => zoomIn(living, place),
      zoomOut: () => zoomOut(living),
      select: (selected) => note(living, { selected }),
    }),
    table: element("div", { class: "table" }),
    foot: element("footer"),
    note: element("p", { class: "note", role: "status" }),
    said: element("div", { class: "said", role: "status" }),
    memory: remembered,
    shown: undefined,
    asked: 0,
    sought: { request: 0, within: "", matches: undefined },
  };
  const { tools, view, table, foot, note: message, said } = living;
  const main = element("main", {}, view.element, table, message);
  page.replaceChildren(tools.element, main, foot, tip.element, said);
  new ResizeObserver(() => view.resize()).observe(view.element);
  frame.post({ kind: "ready", ...(remembered && { target: remembered.target }) });
  if (remembered !== undefined) show(living, remembered.target, remembered.selected);
  return (received) => accept(living, received);
}

function accept(living: Living, message: TreemapMessage): void {
  switch (message.kind) {
    case "show":
      show(living, message.target);
      living.view.focus();
      return;
    case "changed":
      if (living.memory !== undefined) ask(living, living.memory.target);
      return;
    case "map":
      if (message.request === living.asked) arrive(living, message.map, message.message);
      return;
    case "found":
      if (message.request === living.sought.request) showFound(living, message.found);
      return;
    case "ready":
    case "ask":
    case "search":
    case "goToLine":
      return;
  }
}

function ask({ frame, ...living }: Living, target: TreemapTarget): void {
  frame.post({ kind: "ask", request: living.asked, target });
}

/** Asks for a place. What was shown stays until the answer is there. */
function show(living: Living, target: TreemapTarget, selected?: string): void {
  const { by = "layer", isTable = false } = living.memory ?? {};
  living.memory = { target, by, isTable, ...(selected !== undefined && { selected }) };
  living.frame.remember(living.memory);
  living.asked += 1;
  ask(living, target);
}

function arrive(living: Living, map: Treemap | undefined, message: string | undefined): void {
  const { memory } = living;
  if (memory === undefined) return;
  const { target } = memory;
  living.note.textContent = message ?? "";
  living.note.hidden = message === undefined;
  living.shown = map && { map, root: placesOf(map, target) };
  if (living.sought.within !== searchedIn(living)) find(living, living.finder.query());
  draw(living);
  if (living.shown !== undefined && map !== undefined) {
    living.said.textContent = spoken(map, living.shown.root);
  }
}

function draw(living: Living): void {
  const { shown, memory, tools, view, table, foot } = living;
  if (memory === undefined) return;
  const { target, by, isTable, selected } = memory;
  const layerName = (layer: number): string =>
    shown === undefined ? `Layer ${layer + 1}` : layerNameOf(shown.map, layer);
  const reference = shown?.map.reference ?? "Image";
  tools.showCrumbs(crumbsOf(target, reference, layerName), shown?.root.node.sizeText ?? "");
  tools.showMode(by, isTable, !isTable && !isOpenBinary(living));
  view.element.hidden = isTable || shown === undefined;
  table.hidden = !isTable || shown === undefined;
  foot.hidden = isTable || shown === undefined;
  if (shown === undefined) return;
  const { map, root } = shown;
  if (isTable) {
    const actions = {
      zoom: (place: Place): void => show(living, place.target),
      goToLine: (place: Place): void => goToLine(living, place),
    };
    table.replaceChildren(drawTable(map, root, actions));
    return;
  }
  const colours = coloursOf(map, by);
  foot.replaceChildren(...footer(map, root, colours));
  view.show({ map, root, by: colours, selected, matches: living.sought.matches });
}

/** What the colours mean, and what the map cannot show. */
function footer(map: Treemap, root: Place, colours: ColourBy): readonly Node[] {
  const { leaves } = layoutOf(root, 1, 1);
  const entries = legend(map, legendOf(map, leaves, colours), mostLegendEntries);
  return map.remark === undefined
    ? [entries]
    : [entries, element("p", { class: "remark" }, map.remark)];
}

function isOpenBinary({ shown }: Living): boolean {
  return shown !== undefined && isBinary(shown.map.root);
}

function note(living: Living, change: Partial<Memory>): void {
  if (living.memory === undefined) return;
  living.memory = { ...living.memory, ...change };
  living.frame.remember(living.memory);
}

function remember(living: Living, change: Partial<Memory>): void {
  note(living, change);
  draw(living);
}

function zoomIn(living: Living, place: Place): void {
  const target = living.shown && zoomTarget(place, living.shown.root);
  if (target !== undefined) show(living, target, placeKey(place));
}

function zoomOut(living: Living): void {
  const target = living.memory && zoomedOut(living.memory.target);
  const from = living.shown?.root;
  if (target !== undefined) show(living, target, from && placeKey(from));
}

function goToLine({ frame, shown, memory }: Living, { node }: Place): void {
  const line = shown?.map.layers[node.layer]?.line;
  if (line !== undefined && memory !== undefined) {
    frame.post({ kind: "goToLine", uri: memory.target.uri, line });
  }
}

/** Looks for a text where the map is; what was found before is forgotten. */
function find(living: Living, query: string): void {
  const { memory, frame, view } = living;
  const request = living.sought.request + 1;
  living.sought = { request, within: searchedIn(living), matches: undefined };
  if (query === "") view.mark(undefined);
  else if (memory !== undefined) {
    frame.post({ kind: "search", request, target: memory.target, query });
  }
}

/** The same text for all places that are searched together. */
function searchedIn({ memory, shown }: Living): string {
  const { uri, layer, waste } = memory?.target ?? {};
  return [shown?.map.imageId, layer, waste, uri].join("|");
}

function showFound(living: Living, found: TreemapMatches): void {
  living.sought = { ...living.sought, matches: found.matches };
  living.finder.show(found);
  living.view.mark(found.matches);
}

/** Shows the directory that a match is in, with the match selected. */
function openMatch(living: Living, match: TreemapMatch): void {
  const { memory } = living;
  if (memory === undefined) return;
  const { uri, layer } = memory.target;
  const scope: TreemapTarget = {
    uri,
    ...(match.waste === true
      ? { waste: true, layer: match.layer }
      : layer !== undefined && { layer }),
  };
  const above = match.path.slice(0, Math.max(0, match.path.lastIndexOf("/")));
  const target = { ...scope, ...(above !== "" && { path: above }) };
  show(living, target, entryKey(match.kind, { ...scope, path: match.path }));
  living.view.focus();
}
