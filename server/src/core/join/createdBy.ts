import type { Keyword } from "../dockerfile/syntax.ts";
import type { HistoryEntry } from "../image/imageConfig.ts";
import type { Builder } from "./attribution.ts";

/** One row of an image's history, taken apart. */
export interface HistoryRow {
  /** Index into `config.history`. */
  readonly index: number;
  /** The instruction that the row stands for; undefined where the text is no Dockerfile builder's (bazel, nix, repaired rows). */
  readonly keyword: Keyword | undefined;
  /** What follows the keyword, blanks folded; for RUN with the shell and the build arguments before the script. */
  readonly text: string;
  /** Who wrote the row, as far as it shows by itself. */
  readonly builder: Builder;
  /** The layer that the row made; undefined when it made none. */
  readonly layer: number | undefined;
  /** A row of `docker build --squash`, whose layer holds what all rows before it wrote. */
  readonly isSquash: boolean;
}

const keywords =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)(?:\s+|$)/;
const nop = "#(nop)";
const buildkitSuffix = / # buildkit$/;

/** The rows of a history, base first, each with the layer it made: rows that are not `emptyLayer` consume layers in order. */
export function toHistoryRows(history: readonly HistoryEntry[]): readonly HistoryRow[] {
  let layers = 0;
  return history.map((entry, index) => {
    const layer = entry.emptyLayer ? undefined : layers;
    if (layer !== undefined) layers += 1;
    return { index, layer, ...parseCreatedBy(entry) };
  });
}

/** How many layers the history speaks of. */
export function layerRowCount(history: readonly HistoryEntry[]): number {
  return history.filter(({ emptyLayer }) => !emptyLayer).length;
}

function parseCreatedBy(
  entry: HistoryEntry,
): Pick<HistoryRow, "keyword" | "text" | "builder" | "isSquash"> {
  const written = (entry.createdBy ?? "").trim();
  const comment = entry.comment ?? "";
  const isSquash = written === "" && /^merge \S+ to \S+/.test(comment);
  const isBuildkit = comment.startsWith("buildkit.") || buildkitSuffix.test(written);
  const nopAt = written.indexOf(nop);
  if (isBuildkit) return { isSquash, builder: "buildkit", ...splitKeyword(written) };
  if (nopAt >= 0) {
    const builder = comment.startsWith("FROM ") ? "buildah" : "classic";
    return { isSquash, builder, ...splitKeyword(written.slice(nopAt + nop.length).trim()) };
  }
  if (keywords.test(written)) return { isSquash, builder: "kaniko", ...splitKeyword(written) };
  if (/^(\|\d+ |\/\S+ |cmd |powershell |pwsh )/i.test(written)) {
    const builder = comment.startsWith("FROM ") ? "buildah" : "classic";
    return { isSquash, builder, keyword: "RUN", text: foldBlanks(written) };
  }
  if (/^\w+ /.test(written)) {
    // The classic builder prints an exec form as bare words, and so does many a stranger.
    return { isSquash, builder: "unknown", keyword: "RUN", text: foldBlanks(written) };
  }
  return { isSquash, builder: "foreign", keyword: undefined, text: foldBlanks(written) };
}

function splitKeyword(written: string): Pick<HistoryRow, "keyword" | "text"> {
  const bare = written.replace(buildkitSuffix, "");
  const match = keywords.exec(bare);
  if (match === null) return { keyword: undefined, text: foldBlanks(bare) };
  return { keyword: match[1] as Keyword, text: foldBlanks(bare.slice(match[0].length)) };
}

/** Runs of white space as one blank, none at the ends: builders keep different ones. */
export function foldBlanks(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
