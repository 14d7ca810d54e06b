import { parsePlatform } from "../image/manifest.ts";
import type { Platform } from "../image/imageConfig.ts";
import { isForPlatform, type BaseSize, type BaseSizes, type SizeMeasure } from "./baseSize.ts";
import table from "./recordedSizes.json" with { type: "json" };

/** One tag as one place recorded it. */
interface RecordedTag {
  /** Registry and repository in their short spelling. */
  readonly image: string;
  readonly tag: string;
  readonly measure: SizeMeasure;
  readonly roundedToBytes: number;
  readonly date: string;
  readonly dateIs: "recorded" | "base-layer";
  readonly source: string;
  /** By platform; `unstated` where the place does not say which. */
  readonly bytes: Readonly<Record<string, number | undefined>>;
}

const recorded = table as readonly RecordedTag[];

/** What the table holds of a tag for a platform; the newest of either measure. Each tag stands for itself only: no figure is carried over to another. */
export function recordedSizes(familiar: string, tag: string, platform: Platform): BaseSizes {
  const rows = recorded.filter((row) => row.image === familiar && row.tag === tag);
  return {
    content: newestOf(rows, "content", platform),
    transfer: newestOf(rows, "transfer", platform),
  };
}

/** Tags of a repository that the table has, in its order, each once. */
export function recordedTags(familiar: string): readonly string[] {
  return [...new Set(recorded.filter((row) => row.image === familiar).map(({ tag }) => tag))];
}

function newestOf(
  rows: readonly RecordedTag[],
  measure: SizeMeasure,
  platform: Platform,
): BaseSize | undefined {
  return rows
    .filter((row) => row.measure === measure)
    .flatMap((row) => toSize(row, platform))
    .sort((a, b) => dateOf(b).localeCompare(dateOf(a)))[0];
}

/** The day of a figure that may have changed since; "" for others. */
export function dateOf({ source }: BaseSize): string {
  return source.kind === "table" ? source.date : "";
}

function toSize(row: RecordedTag, wished: Platform): readonly BaseSize[] {
  const found = Object.entries(row.bytes).find(([written]) => {
    const platform = parsePlatform(written);
    return platform !== undefined && isForPlatform(platform, wished);
  });
  // A place that names no platform saw the usual one.
  const isUsual = wished.os === "linux" && wished.architecture === "amd64";
  const unstated = isUsual ? row.bytes["unstated"] : undefined;
  const bytes = found?.[1] ?? unstated;
  if (bytes === undefined) return [];
  return [
    {
      measure: row.measure,
      bytes,
      roundedToBytes: row.roundedToBytes,
      platform: found?.[0],
      source: {
        kind: "table",
        date: row.date,
        dateIs: row.dateIs,
        recordedIn: row.source,
      },
    },
  ];
}
