import { formatSize } from "../text/size.ts";
import { fitEnd } from "./reportCells.ts";

/** How far reading an image has come. */
export interface Progress {
  readonly layersDone: number;
  readonly layerCount: number;
  readonly bytesRead: number;
  /** Undefined when the source does not say how much will come. */
  readonly totalBytes: number | undefined;
}

/** One line for a terminal, at most `columns` wide: `Reading layers: 3 of 9, 45.2 MB of 189 MB`. */
export function progressLine(progress: Progress, columns: number): string {
  const { layersDone, layerCount, bytesRead, totalBytes } = progress;
  const bytes =
    totalBytes === undefined
      ? formatSize(bytesRead)
      : `${formatSize(bytesRead)} of ${formatSize(totalBytes)}`;
  return fitEnd(`Reading layers: ${layersDone} of ${layerCount}, ${bytes}`, columns);
}
