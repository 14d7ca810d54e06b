import { element } from "../elements.ts";
import type { Box } from "./layout.ts";
import type { Place } from "./places.ts";

/** What is said of a place beside it. */
export interface Tooltip {
  readonly element: HTMLElement;
  /** Lines of text about a place beside a point of the window, never under the pointer. Only for another place than before they are made and laid out. */
  show(about: Place, linesOf: () => readonly string[], at: Pick<Box, "x" | "y">): void;
  hide(): void;
}

/** A box above all others that takes no clicks. What it says is also the name of the element that it speaks of. */
export function tooltip(): Tooltip {
  const box = element("div", { class: "tooltip", "aria-hidden": "true" });
  box.hidden = true;
  let told: { readonly place: Place; readonly space: Pick<Box, "width" | "height"> } | undefined;
  const tell = (place: Place, lines: readonly string[]): NonNullable<typeof told> => {
    box.replaceChildren(...lines.map((line) => element("div", {}, element("bdi", {}, line))));
    const { width, height } = box.getBoundingClientRect();
    return { place, space: { width, height } };
  };
  return {
    element: box,
    show: (place, linesOf, at) => {
      box.hidden = false;
      if (told?.place !== place) told = tell(place, linesOf());
      const page = document.documentElement;
      const { left, top } = placeBeside(at, told.space, {
        width: page.clientWidth,
        height: page.clientHeight,
      });
      // Nothing is laid out or painted again for it.
      box.style.transform = `translate(${left}px, ${top}px)`;
    },
    hide: () => {
      box.hidden = true;
    },
  };
}

const distance = 14;

/** Where a box stands beside a point so that all of it is in the window: right below, else on the other side. */
export function placeBeside(
  { x, y }: Pick<Box, "x" | "y">,
  { width, height }: Pick<Box, "width" | "height">,
  space: Pick<Box, "width" | "height">,
): { readonly left: number; readonly top: number } {
  const beside = (at: number, length: number, most: number): number => {
    if (at + distance + length <= most) return at + distance;
    return Math.max(0, at - distance - length);
  };
  return { left: beside(x, width, space.width), top: beside(y, height, space.height) };
}
