import type { Keyword } from "../dockerfile/syntax.ts";
import type { HistoryEntry } from "../image/imageConfig.ts";
import type { Builder } from "./attribution.ts";
import { isBeforeNop } from "./shellPrefix.ts";

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
/** Before what no RUN wrote. buildah keeps the keyword as the line has it, small letters too. */
const nop = "#(nop)";
const nopKeywords = new RegExp(keywords, "i");
const buildkitSuffix = / # buildkit$/;
const shellStart = /^(\|\d+ |\/\S+ |cmd |powershell |pwsh )/i;
/** A program alone or before its arguments. */
const programStart = /^(\/\S+$|[\w./-]+( |$))/;
/** Comment of the rows that BuildKit's exporter adds at the end for layers that the history does not name. */
const repairComment = "buildkit.exporter.image.v0";

/** The rows of a history, base first, each with the layer it made: rows that are not `emptyLayer` consume layers in order. */
export function toHistoryRows(history: readonly HistoryEntry[]): readonly HistoryRow[] {
  let layers = 0;
  return history.map((entry, index) => {
    const layer = entry.emptyLayer ? undefined : layers;
    if (layer !== undefined) layers += 1;
    return { index, layer, ...parseCreatedBy(entry) };
  });
}

/**
 * Whether the history was filled up to the number of layers after a Dockerfile's rows were written: rows and layers may be out of step
 * then, from the first to the last. Added rows that came with a base image are followed by others. BuildKit normalizeLayersAndHistory.
 */
export function isRepaired(history: readonly HistoryEntry[]): boolean {
  return (
    history.at(-1)?.comment === repairComment &&
    history.some(({ comment }) => comment !== repairComment)
  );
}

/** How many layers the history speaks of. */
export function layerRowCount(history: readonly HistoryEntry[]): number {
  return history.filter(({ emptyLayer }) => !emptyLayer).length;
}

type ParsedRow = Pick<HistoryRow, "keyword" | "text" | "builder" | "isSquash">;

function parseCreatedBy(entry: HistoryEntry): ParsedRow {
  const written = (entry.createdBy ?? "").trim();
  const comment = entry.comment ?? "";
  if (written === "" && /^merge \S+ to \S+/.test(comment)) {
    return { isSquash: true, builder: "classic", keyword: undefined, text: "" };
  }
  if (comment.startsWith("buildkit.") || buildkitSuffix.test(written)) {
    return { isSquash: false, builder: "buildkit", ...splitKeyword(written) };
  }
  return { isSquash: false, ...parseShellRow(written, comment.startsWith("FROM ")) };
}

/** Rows of the builders that put a shell before everything, and of those who write what they like. */
function parseShellRow(written: string, isBuildah: boolean): Omit<ParsedRow, "isSquash"> {
  const builder = isBuildah ? "buildah" : "classic";
  const nopAt = written.indexOf(nop);
  if (nopAt >= 0 && isBeforeNop(written.slice(0, nopAt))) {
    const metadata = splitKeyword(written.slice(nopAt + nop.length).trimStart(), nopKeywords);
    if (metadata.keyword !== undefined) return { builder, ...metadata };
  }
  const text = foldBlanks(written);
  if (keywords.test(written)) return { builder: "kaniko", ...splitKeyword(written) };
  if (shellStart.test(written)) return { builder, keyword: "RUN", text };
  // The classic builder prints an exec form as bare words, and so does many a stranger.
  if (programStart.test(written)) return { builder: "unknown", keyword: "RUN", text };
  return { builder: "foreign", keyword: undefined, text };
}

function splitKeyword(
  written: string,
  pattern: RegExp = keywords,
): Pick<HistoryRow, "keyword" | "text"> {
  const bare = written.replace(buildkitSuffix, "");
  const match = pattern.exec(bare);
  if (match === null) return { keyword: undefined, text: foldBlanks(bare) };
  return {
    keyword: match[1]?.toUpperCase() as Keyword,
    text: foldBlanks(bare.slice(match[0].length)),
  };
}

/** Who wrote the newest row that shows its builder. */
export function builderOf(rows: readonly HistoryRow[]): Builder {
  return rows.findLast(({ builder }) => builder !== "unknown")?.builder ?? "unknown";
}

/** Runs of white space as one blank, none at the ends: builders keep different ones. */
export function foldBlanks(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
