import type { Keyword } from "../dockerfile/syntax.ts";
import type { Confidence } from "./attribution.ts";
import type { HistoryRow } from "./createdBy.ts";
import type { Fit } from "./stageFit.ts";

/** Layers in which a builder put what several lines wrote: their bytes are known, those of one line are not. */
export interface MergedLayers {
  /** Base first. */
  readonly layers: readonly number[];
  /** First row that this file wrote. */
  readonly firstOwnRow: number;
  /** True when the base image is in them too (`podman build --squash-all`). */
  readonly holdsBase: boolean;
  /** How sure it is that the layers below are the base image's. */
  readonly confidence: Confidence;
  /** One sentence for a person. */
  readonly reason: string;
}

/** Instructions that can bring files; a row of any other that has a layer holds what lines before it wrote. */
const writers: ReadonlySet<Keyword> = new Set<Keyword>(["RUN", "COPY", "ADD", "WORKDIR"]);

/**
 * The layers that stand for several lines, or undefined when each row has its own: `docker build --squash` (a row of its own at the end),
 * buildah's `--squash` and `--layers=false` (the layer on the last row, whatever it says), kaniko's `--single-snapshot` and its stages
 * before the last.
 */
export function findMergedLayers(rows: readonly HistoryRow[], fit: Fit): MergedLayers | undefined {
  const squash = rows.at(-1);
  if (squash?.isSquash === true && squash.layer !== undefined) {
    return {
      layers: [squash.layer],
      firstOwnRow: squash.index,
      holdsBase: squash.layer === 0 && !startsEmpty(fit),
      confidence: "certain",
      reason: "The image was squashed: its own lines share one layer and cannot be told apart.",
    };
  }
  const { firstOwnRow } = fit.alignment;
  const own = rows.slice(firstOwnRow);
  const layers = own.flatMap(({ layer }) => (layer === undefined ? [] : [layer]));
  if (layers.length === 0 || !isMerged(own, fit)) return undefined;
  return {
    layers,
    firstOwnRow,
    holdsBase: layers[0] === 0 && !startsEmpty(fit),
    confidence: startsEmpty(fit) ? "certain" : "likely",
    reason: "The builder put several lines into one layer, so they cannot be told apart.",
  };
}

function startsEmpty({ chain }: Fit): boolean {
  return chain[0]?.base.kind === "scratch";
}

function isMerged(own: readonly HistoryRow[], fit: Fit): boolean {
  const isOnMetadata = own.some(
    ({ keyword, layer }) => keyword !== undefined && !writers.has(keyword) && layer !== undefined,
  );
  if (isOnMetadata) return true;
  // buildah makes a layer for each of these, were it empty.
  const isBuildah = own.some(({ builder }) => builder === "buildah");
  if (isBuildah) return own.some((row) => makesFiles(row) && row.layer === undefined);
  return own.at(-1)?.builder === "kaniko" && hasKanikoSnapshot(fit);
}

function makesFiles({ keyword }: HistoryRow): boolean {
  return keyword === "RUN" || keyword === "COPY" || keyword === "ADD";
}

/** A stage of several lines that left only the row of its last one. kaniko pkg/executor/build.go shouldTakeSnapshot. */
function hasKanikoSnapshot({ chain, expected, alignment }: Fit): boolean {
  const paired = new Set(
    alignment.pairs.map((pair) => expected[pair.expected]?.instruction.index ?? -1),
  );
  return chain.some(({ instructions }) => {
    const files = instructions.filter(({ keyword }) => writers.has(keyword));
    const written = files.filter(({ index }) => paired.has(index));
    return files.length > 1 && written.length === 1 && written[0] === files.at(-1);
  });
}
