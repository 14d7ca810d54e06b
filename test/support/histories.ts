import { readFileSync } from "node:fs";
import type { ImageDescription } from "../../server/src/core/image/image.ts";
import type { HistoryEntry } from "../../server/src/core/image/imageConfig.ts";
import { anImage } from "./imageBuilder.ts";

/** A history row: bytes of its layer or null without one, created_by, comment. */
export type RecordedRow = readonly [bytes: number | null, createdBy: string, comment: string];

/** A Dockerfile, by line, and the history that each builder wrote for it. */
export interface RecordedHistory {
  readonly dockerfile: readonly string[];
  readonly rows: Readonly<Record<string, readonly RecordedRow[]>>;
}

/**
 * Read from the configs and layers of images that Docker 20.10.24 (classic builder and BuildKit) and podman 4.3.1 really built, 2026-11-21.
 * Base image: Debian's busybox-static in one layer, an ENV and a CMD.
 */
export const recordedHistories: Readonly<Record<string, RecordedHistory>> = JSON.parse(
  readFileSync(new URL("../fixtures/histories.json", import.meta.url), "utf8"),
);

/** An image of which the history is known, its layers' bytes as a graph-driver engine prints them. */
export function describeHistory(rows: readonly RecordedRow[]): ImageDescription {
  const description = anImage().describe();
  const historyBytes = rows.flatMap(([bytes]) => (bytes === null ? [] : [bytes]));
  const diffIds = historyBytes.map((_, index) => `sha256:${String(index).padStart(64, "0")}`);
  const history = rows.map(([bytes, createdBy, comment]): HistoryEntry => ({
    emptyLayer: bytes === null,
    ...(createdBy === "" ? {} : { createdBy }),
    ...(comment === "" ? {} : { comment }),
  }));
  return {
    ...description,
    config: { ...description.config, history, diffIds },
    layers: diffIds.map((diffId) => ({ diffId })),
    historyBytes,
  };
}
