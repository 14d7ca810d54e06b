import type { TreemapMatch, TreemapMatches } from "../../server/src/protocol/treemap.ts";
import { element } from "../elements.ts";
import type { Place } from "./places.ts";

/** The field and the list below it. */
export interface Search {
  readonly element: HTMLElement;
  /** What is looked for; "" for nothing. */
  query(): string;
  /** Lists what was found as long as one is at it. */
  show(found: TreemapMatches): void;
}

/** What is asked for by it. */
export interface SearchActions {
  /** Looks for a text; "" ends the search. */
  find(query: string): void;
  /** Goes where a match is. */
  open(match: TreemapMatch): void;
}

/** A key that follows within this time is part of the same question. */
const typingMs = 150;

/** Looks while one types. Arrow down goes to the list, Enter takes the heaviest match, Escape ends it. */
export function search(actions: SearchActions): Search {
  const list = element("ul", { class: "matches", "aria-label": "Found" });
  const count = element("span", { class: "count", role: "status" });
  const input = element("input", {
    type: "search",
    placeholder: "Find a file …",
    "aria-label": "Find a file by its name or path",
    spellcheck: "false",
  });
  const box = element("div", { class: "search" }, input, count, list);
  list.hidden = true;
  const clear = (): void => {
    input.value = "";
    list.hidden = true;
    count.textContent = "";
    actions.find("");
  };
  const open = (match: TreemapMatch): void => {
    list.hidden = true;
    actions.open(match);
  };
  followTyping(input, (query) => (query === "" ? clear() : actions.find(query)));
  followSteps(box, input, list, clear);
  return {
    element: box,
    query: () => input.value.trim(),
    show: ({ matches, count: all }) => {
      count.textContent = input.value === "" ? "" : `${all.toLocaleString("en-US")} found`;
      list.replaceChildren(...matches.slice(0, listed).map((match) => matchRow(match, open)));
      const isAtIt = box.contains(document.activeElement);
      list.hidden = matches.length === 0 || input.value === "" || !isAtIt;
    },
  };
}

function followTyping(input: HTMLInputElement, ask: (query: string) => void): void {
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => ask(input.value.trim()), typingMs);
  });
}

function followSteps(
  box: HTMLElement,
  input: HTMLInputElement,
  list: HTMLElement,
  clear: () => void,
): void {
  input.addEventListener("focus", () => {
    list.hidden = list.childElementCount === 0 || input.value === "";
  });
  box.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") clear();
    else if (event.key === "Enter" && event.target === input) buttonsOf(list)[0]?.click();
    else if (by !== undefined) step(list, input, by);
    if (by !== undefined) event.preventDefault();
  });
  box.addEventListener("focusout", ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node) || !box.contains(relatedTarget)) list.hidden = true;
  });
}

/** Matches that are listed: the heaviest. */
const listed = 50;

/** Whether a place is, holds or lies in something that was found. */
export function isFound({ path, target }: Place, matches: readonly TreemapMatch[]): boolean {
  if (path === undefined) return false;
  return matches.some(
    (match) =>
      (match.waste === true) === (target.waste === true) &&
      (match.waste !== true || match.layer === target.layer) &&
      (match.path === path ||
        path === "" ||
        match.path.startsWith(`${path}/`) ||
        path.startsWith(`${match.path}/`)),
  );
}

function matchRow(match: TreemapMatch, open: (match: TreemapMatch) => void): HTMLElement {
  const waste = match.waste === true ? " · wasted" : "";
  const made = element(
    "button",
    { type: "button" },
    element("bdi", { class: "path" }, match.label ?? match.path),
    element("span", { class: "bytes" }, `${match.sizeText}${waste}`),
  );
  made.addEventListener("click", () => open(match));
  return element("li", {}, made);
}

function buttonsOf(list: HTMLElement): readonly HTMLButtonElement[] {
  return [...list.querySelectorAll("button")];
}

function step(list: HTMLElement, input: HTMLElement, by: number): void {
  const stops = [input, ...buttonsOf(list)];
  const at = stops.findIndex((stop) => stop === document.activeElement);
  stops[Math.max(0, Math.min(stops.length - 1, at + by))]?.focus();
}
