import type { HistoryBuild, HistoryViewMessage } from "../../server/src/protocol/builds.ts";
import { element, shape } from "../elements.ts";
import { barsOf, barText, type Bar } from "./chart.ts";

interface Host {
  postMessage(message: HistoryViewMessage): void;
}

declare function acquireVsCodeApi(): Host;

const host = acquireVsCodeApi();
const root = document.body;

window.addEventListener("message", ({ data }: MessageEvent<HistoryViewMessage>) => {
  if (data.kind === "show") show(data.builds, data.sentence);
});
host.postMessage({ kind: "ready" });

function show(builds: readonly HistoryBuild[], sentence: string): void {
  const hadFocus = root.contains(document.activeElement) && document.activeElement !== root;
  const said = element("p", { class: "said", "aria-live": "polite" }, sentence);
  if (builds.length === 0) {
    root.replaceChildren(said);
    return;
  }
  const chart = chartOf(builds, (text) => {
    said.textContent = text;
  });
  const unfolded = root.querySelector("details")?.open ?? false;
  root.replaceChildren(chart, said, tableOf(builds, unfolded));
  if (hadFocus) chart.querySelector<SVGElement>('[tabindex="0"]')?.focus();
}

/** Bars that the keyboard walks along; the one that is picked is compared with the newest. */
function chartOf(builds: readonly HistoryBuild[], say: (text: string) => void): SVGElement {
  const chart = shape("svg", {
    viewBox: "0 0 100 100",
    preserveAspectRatio: "none",
    role: "group",
    "aria-label": `Bytes of the last ${builds.length} builds, oldest first`,
  });
  const bars = barsOf(builds);
  const shapes = bars.map((bar) => barShape(bar, say));
  shapes.at(-1)?.setAttribute("tabindex", "0");
  for (const [index, shape] of shapes.entries()) {
    shape.addEventListener("keydown", (event) => {
      const next = shapes[targetOf(event, index, shapes.length)];
      if (next === undefined) return;
      event.preventDefault();
      shapes.forEach((one) => one.setAttribute("tabindex", "-1"));
      next.setAttribute("tabindex", "0");
      next.focus();
    });
  }
  chart.append(...shapes);
  return chart;
}

/** Where a key leads; −1 for other keys. */
function targetOf({ key }: KeyboardEvent, index: number, count: number): number {
  switch (key) {
    case "ArrowLeft":
      return Math.max(0, index - 1);
    case "ArrowRight":
      return Math.min(count - 1, index + 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return -1;
  }
}

function barShape({ build, ...box }: Bar, say: (text: string) => void): SVGElement {
  const text = barText(build, timeText(build));
  const bar = shape("g", {
    class: build.isShown ? "bar shown" : "bar",
    role: "button",
    tabindex: "-1",
    "aria-label": `${text}. Compare with the newest.`,
  });
  const place = { x: String(box.x), width: String(box.width) };
  bar.append(
    shape("title", {}, text),
    // The whole height takes the pointer: a small bar is hard to hit.
    shape("rect", { ...place, class: "place", y: "0", height: "100" }),
    shape("rect", { ...place, class: "fill", y: String(box.y), height: String(box.height) }),
  );
  const compare = (): void => host.postMessage({ kind: "compare", id: build.id });
  bar.addEventListener("click", compare);
  bar.addEventListener("focus", () => say(text));
  bar.addEventListener("pointerenter", () => say(text));
  bar.addEventListener("keydown", ({ key }) => {
    if (key === "Enter" || key === " ") compare();
  });
  return bar;
}

/** The same for those who read rather than look, newest first. */
function tableOf(builds: readonly HistoryBuild[], isOpen: boolean): HTMLElement {
  const rows = builds.toReversed().map((build) => {
    const { totalText, changeText = "", commit = "", reference } = build;
    const cells = [timeText(build), totalText, changeText, commit.slice(0, 12), reference];
    return element("tr", {}, ...cells.map((cell) => element("td", {}, cell)));
  });
  const heads = ["Built", "Bytes", "Change", "Commit", "Image"].map((name) =>
    element("th", { scope: "col" }, name),
  );
  return element(
    "details",
    { open: isOpen },
    element("summary", {}, "As a table"),
    element("table", {}, element("tr", {}, ...heads), ...rows),
  );
}

/** As the reader's clock and language have it. */
function timeText({ timeMs }: HistoryBuild): string {
  return new Date(timeMs).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
