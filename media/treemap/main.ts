// The webview of the treemap: drawn here, counted by the server.
import type { TreemapMessage } from "../../server/src/protocol/treemap.ts";
import { startTreemap } from "./app.ts";
import { element } from "../elements.ts";
import { parseMemory } from "./memory.ts";

declare function acquireVsCodeApi(): {
  postMessage(message: TreemapMessage): void;
  getState(): unknown;
  setState(state: unknown): void;
};

const code = acquireVsCodeApi();
const page = document.querySelector<HTMLElement>("#page") ?? document.body;

const accept = startTreemap(
  page,
  { post: (message) => code.postMessage(message), remember: (memory) => code.setState(memory) },
  parseMemory(code.getState()),
);

// Only the client can send here: what comes from elsewhere has no way into a webview's frame.
window.addEventListener("message", ({ data }: MessageEvent<TreemapMessage>) => {
  try {
    accept(data);
  } catch (error) {
    page.replaceChildren(
      element("p", { class: "note" }, `This is a mistake in Tare: ${String(error)}`),
    );
  }
});
