import type { Treemap } from "../../server/src/protocol/treemap.ts";
import type { ColourBy, LegendEntry } from "./colours.ts";
import { element, setAttributes, shape } from "../elements.ts";
import type { Crumb } from "./places.ts";

/** The way back, the colours and the two forms. */
export interface Toolbar {
  readonly element: HTMLElement;
  showCrumbs(crumbs: readonly Crumb[], size: string): void;
  /** Without a choice of colours where there is none, as in the table. */
  showMode(by: ColourBy, isTable: boolean, hasChoice: boolean): void;
}

/** What is asked for by it. */
export interface ToolbarActions {
  zoom(crumb: Crumb): void;
  colourBy(by: ColourBy): void;
  toggleTable(): void;
}

/** The upper edge; the search is put in by the caller. */
export function toolbar(search: HTMLElement, actions: ToolbarActions): Toolbar {
  const crumbs = element("ol", {});
  const colour = element(
    "select",
    { "aria-label": "Colours stand for", class: "colour" },
    element("option", { value: "layer" }, "Colour by layer"),
    element("option", { value: "content" }, "Colour by kind"),
  );
  colour.addEventListener("change", () =>
    actions.colourBy(colour.value === "content" ? "content" : "layer"),
  );
  const table = element("button", { type: "button", class: "table-toggle" }, "Table");
  table.addEventListener("click", () => actions.toggleTable());
  const bar = element(
    "header",
    {},
    element("nav", { "aria-label": "Where this is in the image" }, crumbs),
    element("div", { class: "tools" }, search, colour, table),
  );
  return {
    element: bar,
    showCrumbs: (all, size) =>
      crumbs.replaceChildren(
        ...all.map((crumb, index) =>
          element("li", {}, crumbElement(crumb, index === all.length - 1, size, actions)),
        ),
      ),
    showMode: (by, isTable, hasChoice) => {
      colour.value = by;
      setAttributes(table, { "aria-pressed": isTable ? "true" : "false" });
      colour.hidden = !hasChoice;
    },
  };
}

function crumbElement(
  crumb: Crumb,
  isLast: boolean,
  size: string,
  actions: ToolbarActions,
): HTMLElement {
  if (isLast) {
    return element(
      "span",
      { "aria-current": "location" },
      element("bdi", {}, crumb.name),
      ` ${size}`,
    );
  }
  const made = element("button", { type: "button", class: "link" }, element("bdi", {}, crumb.name));
  made.addEventListener("click", () => actions.zoom(crumb));
  return made;
}

/** What the colours mean; more entries than can be told apart end in a count. */
export function legend(
  map: Treemap,
  entries: readonly LegendEntry[],
  mostEntries: number,
): HTMLElement {
  const shown = entries.slice(0, mostEntries);
  const rest = entries.length - shown.length;
  const isWasteful = map.root.wastedBytes > 0;
  return element(
    "ul",
    { class: "legend", "aria-label": "What the colours mean" },
    ...shown.map(({ fill, name, title }) =>
      element("li", { title }, swatch(`area ${fill}`), element("bdi", {}, name)),
    ),
    ...(rest > 0 ? [element("li", {}, `${rest} more`)] : []),
    ...(isWasteful
      ? [element("li", {}, swatch("hatch"), `Wasted: ${map.root.wastedText ?? ""}`)]
      : []),
  );
}

function swatch(name: string): Node {
  return shape(
    "svg",
    { width: 12, height: 12, "aria-hidden": "true" },
    shape("rect", { x: 0.5, y: 0.5, width: 11, height: 11, class: name }),
  );
}
