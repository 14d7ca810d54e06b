import { formatSize } from "../text/size.ts";
import type { BaseSize } from "./baseSize.ts";

/** A figure with its measure, for people: `74.8 MB`, `28.2 MB compressed`. */
export function formatBaseSize({ bytes, measure }: BaseSize): string {
  return measure === "transfer" ? `${formatSize(bytes)} compressed` : formatSize(bytes);
}

/** Where a figure comes from and of when it is, as the end of a sentence; never without its date where it may have changed since. */
export function describeSizeSource({ source, platform }: BaseSize): string {
  switch (source.kind) {
    case "scratch":
      return "by definition";
    case "engine":
      return source.countedIn === "layers"
        ? "as the engine holds it"
        : "as the engine's history prints it";
    case "registry":
      return `as its registry said on ${dayOf(source.askedMs)}`;
    case "table": {
      const unstated = platform === undefined ? ", for a platform that was not written down" : "";
      return source.dateIs === "recorded"
        ? `as recorded on ${source.date}${unstated}`
        : `as recorded when its lowest layer was of ${source.date}${unstated}`;
    }
  }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
