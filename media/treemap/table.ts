import type { Treemap } from "../../server/src/protocol/treemap.ts";
import { nameOfContent } from "./colours.ts";
import { element } from "../elements.ts";
import { allPlaces, isZoomable, type Place } from "./places.ts";

/** What the rows of the table do. */
export interface TableActions {
  zoom(place: Place): void;
  goToLine(place: Place): void;
}

/** The same data as on the map, as rows: each directory, then what is in it, heaviest first. */
export function drawTable(map: Treemap, root: Place, actions: TableActions): HTMLTableElement {
  const heads = ["Path", "Size", "Bytes", "Share", "Wasted", "Layer", "Kind"];
  // What the map cannot show stands below it, where the table is not.
  const remark = map.remark === undefined ? "" : `. ${map.remark}`;
  return element(
    "table",
    {},
    element("caption", {}, `${root.title}: ${root.node.exactText}${remark}`),
    element(
      "thead",
      {},
      element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head))),
    ),
    element("tbody", {}, ...allPlaces(root).map((place) => row(map, root, place, actions))),
  );
}

function row(map: Treemap, root: Place, place: Place, actions: TableActions): Node {
  const { node, title } = place;
  const { wastedBytes, wastedText = "", hiddenText } = node;
  const waste = wastedBytes === 0 ? "" : (hiddenText ?? wastedText);
  const path =
    place !== root && isZoomable(place) ? button(title, () => actions.zoom(place)) : title;
  const layer = map.layers[node.layer];
  const writer =
    layer === undefined
      ? ""
      : layer.line === undefined
        ? layer.label
        : button(layer.label, () => actions.goToLine(place), layer.text);
  return element(
    "tr",
    {},
    element("th", { scope: "row", dir: "ltr" }, path),
    element("td", { class: "number" }, node.sizeText),
    element("td", { class: "number" }, node.exactText),
    element("td", { class: "number" }, node.shareText),
    element("td", {}, waste),
    element("td", {}, writer),
    element("td", {}, nameOfContent(node.content)),
  );
}

function button(text: string, press: () => void, title?: string): HTMLButtonElement {
  const made = element("button", { type: "button", class: "link", title }, text);
  made.addEventListener("click", press);
  return made;
}
