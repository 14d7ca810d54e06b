import type { TreemapTarget } from "../../server/src/protocol/treemap.ts";
import type { ColourBy } from "./colours.ts";

/** What is remembered while the map is hidden, and when the window is opened again. */
export interface Memory {
  readonly target: TreemapTarget;
  readonly by: ColourBy;
  readonly isTable: boolean;
  /** Key of the place that had the focus. */
  readonly selected?: string;
}

/** Reads what was remembered; undefined where it is nothing of ours. */
export function parseMemory(state: unknown): Memory | undefined {
  if (!isRecord(state) || !isRecord(state["target"])) return undefined;
  const { uri, layer, path, waste } = state["target"];
  if (typeof uri !== "string") return undefined;
  const { selected } = state;
  return {
    target: {
      uri,
      ...(typeof layer === "number" && { layer }),
      ...(typeof path === "string" && { path }),
      ...(waste === true && { waste }),
    },
    by: state["by"] === "content" ? "content" : "layer",
    isTable: state["isTable"] === true,
    ...(typeof selected === "string" && { selected }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
