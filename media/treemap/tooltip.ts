import { element } from "./elements.ts";
import type { Box } from "./layout.ts";

/** What is said of a place beside it. */
export interface Tooltip {
  readonly element: HTMLElement;
  /** Lines of text beside a point of the window, never under the pointer. */
  show(lines: readonly string[], x: number, y: number): void;
  hide(): void;
}

/** A box above all others that takes no clicks. What it says is also the name of the element that it speaks of. */
export function tooltip(): Tooltip {
  const box = element("div", { class: "tooltip", "aria-hidden": "true" });
  box.hidden = true;
  return {
    element: box,
    show: (lines, x, y) => {
      box.replaceChildren(...lines.map((line) => element("div", {}, element("bdi", {}, line))));
      box.hidden = false;
      const { width, height } = box.getBoundingClientRect();
      const { left, top } = placeBeside(
        { x, y },
        { width, height },
        { width: window.innerWidth, height: window.innerHeight },
      );
      box.style.left = `${left}px`;
      box.style.top = `${top}px`;
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
