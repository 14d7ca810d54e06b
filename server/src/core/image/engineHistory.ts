import type { HistoryEntry } from "./imageConfig.ts";
import { withoutAbsent } from "./json.ts";

/** One row of an engine's history, as its API tells it. It does not tell whether the row made a layer. */
export interface HistoryRow {
  readonly createdBy?: string;
  readonly comment?: string;
  /** RFC 3339; never a key. */
  readonly created?: string;
  /** What the engine prints for the row; contentBytes of its layer on a graph-driver engine, something else elsewhere. */
  readonly printedBytes: number;
  /** The image as it was after this row; absent when the engine does not have it any more (`<missing>`). */
  readonly imageId?: string;
}

/**
 * Which rows (base first) made a layer, or undefined when that cannot be told for certain. Certain are: a row with bytes made one; a metadata row
 * (ENV, CMD, …, BuildKit's `WORKDIR /`) made none; what is left over is settled only where the number of layers leaves a single way.
 * `layerCounts` says how many layers the image had after a row, by row index, where that is known: it splits the rows into parts that are
 * settled one by one. moby daemon/images/image_history.go: rows without a layer print 0.
 */
export function findLayerRows(
  rows: readonly HistoryRow[],
  layerCount: number,
  layerCounts: ReadonlyMap<number, number> = new Map(),
): readonly boolean[] | undefined {
  const made: boolean[] = [];
  let settledLayers = 0;
  for (let index = 0; index < rows.length; index += 1) {
    const known = index === rows.length - 1 ? layerCount : layerCounts.get(index);
    if (known === undefined) continue;
    const part = settleRows(rows.slice(made.length, index + 1), known - settledLayers);
    if (part === undefined) return undefined;
    made.push(...part);
    settledLayers = known;
  }
  return made.length === rows.length && settledLayers === layerCount ? made : undefined;
}

/** Rows whose image, if it can be asked for its number of layers, helps to settle the others: the unclear ones and those before them. */
export function findUnclearRows(rows: readonly HistoryRow[]): readonly number[] {
  const unclear = rows.flatMap((row, index) => (kindOf(row) === "unclear" ? [index] : []));
  return [...new Set(unclear.flatMap((index) => [index - 1, index]))].filter(
    (index) => index >= 0 && rows[index]?.imageId !== undefined,
  );
}

/** Rows of an engine as the history of a config, once it is known which of them made a layer. */
export function toHistory(
  rows: readonly HistoryRow[],
  made: readonly boolean[],
): readonly HistoryEntry[] {
  return rows.map(({ createdBy, comment, created }, index) => ({
    ...withoutAbsent({ createdBy, comment, created }),
    emptyLayer: made[index] !== true,
  }));
}

function settleRows(
  rows: readonly HistoryRow[],
  layerCount: number,
): readonly boolean[] | undefined {
  const kinds = rows.map(kindOf);
  const certain = kinds.filter((kind) => kind === "layer").length;
  const unclear = kinds.filter((kind) => kind === "unclear").length;
  if (layerCount === certain) return kinds.map((kind) => kind === "layer");
  if (layerCount === certain + unclear) return kinds.map((kind) => kind !== "metadata");
  return undefined;
}

function kindOf(row: HistoryRow): "layer" | "metadata" | "unclear" {
  if (row.printedBytes > 0) return "layer";
  return isMetadataRow(row) ? "metadata" : "unclear";
}

const keywords =
  "ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME";

/** The classic builder marks what it did not run with `#(nop)`, behind whatever SHELL was set, whose last word is an option; moby daemon/builder/dockerfile/internals.go. */
const classicMetadata = new RegExp(String.raw`^\S.* [-/]\S* #\(nop\)\s+(?:${keywords})\b`);
const buildkitMetadata = new RegExp(String.raw`^(?:(?:${keywords})\b|WORKDIR /$)`);

function isMetadataRow({ createdBy = "", comment }: HistoryRow): boolean {
  return comment === "buildkit.dockerfile.v0"
    ? buildkitMetadata.test(createdBy)
    : classicMetadata.test(createdBy);
}
