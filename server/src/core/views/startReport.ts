import type { StartRun, StartSeries, StartSign } from "../image/startRun.ts";
import { spreadOf } from "../image/startRun.ts";
import { counted } from "../text/counted.ts";
import { escapeSteering, padLeft, padRight } from "./reportCells.ts";

/** What `tare start --json` prints: one object (server/schema/start.schema.json), ends with a newline. */
export function startJson(series: readonly StartSeries[]): string {
  const images = series.map((one) => {
    const spread = spreadOf(one);
    return {
      reference: one.reference,
      medianMs: spread === undefined ? null : rounded(spread.medianMs),
      leastMs: spread === undefined ? null : rounded(spread.leastMs),
      mostMs: spread === undefined ? null : rounded(spread.mostMs),
      runs: one.runs.map(runRow),
    };
  });
  return `${JSON.stringify({ schemaVersion: 1, images }, undefined, 2)}\n`;
}

function runRow({ readyMs, sign }: StartRun) {
  return {
    readyMs: readyMs === undefined ? null : rounded(readyMs),
    sign: sign?.kind ?? null,
    exitCode: sign?.kind === "exit" ? sign.exitCode : null,
    port: sign?.kind === "port" ? sign.port : null,
  };
}

/** Microseconds are noise here. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** The same for people: a row for each image, how the others compare with the first, and what was measured. One entry for each line. */
export function startText(series: readonly StartSeries[]): readonly string[] {
  const rows = series.map((one): readonly [string, string, string, string, string, string] => {
    const spread = spreadOf(one);
    const figures = spread && [spread.medianMs, spread.leastMs, spread.mostMs].map(formatMs);
    const [median = "?", least = "?", most = "?"] = figures ?? [];
    return [
      escapeSteering(one.reference),
      String(one.runs.length),
      median,
      least,
      most,
      signsOf(one),
    ];
  });
  const head = ["IMAGE", "RUNS", "MEDIAN", "LEAST", "MOST", "FIRST SIGN"] as const;
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 || column === 5 ? padRight(cell, width) : padLeft(cell, width);
      })
      .join("  ")
      .trimEnd();
  const comparisons = startComparisons(series);
  return [
    ...[head, ...rows].map(lineOf),
    ...(comparisons.length === 0 ? [] : ["", ...comparisons]),
    "",
    whatWasMeasured,
  ];
}

const whatWasMeasured =
  "From the request to create the container to its first output, its exit, or an open port.";

/** The same as sentences, for where no columns can stand: one for each image, then how the others compare with the first. */
export function startSentences(series: readonly StartSeries[]): readonly string[] {
  const own = series.map((one) => {
    const spread = spreadOf(one);
    const name = escapeSteering(one.reference);
    const runs = counted(one.runs.length, "run");
    if (spread === undefined) return `${name}: no time in ${runs} (${signsOf(one)}).`;
    const [median, least, most] = [spread.medianMs, spread.leastMs, spread.mostMs].map(formatMs);
    return `${name}: ${median} by the median of ${runs}, ${least} to ${most}. First sign: ${signsOf(one)}.`;
  });
  const comparisons = startComparisons(series);
  return [...own, ...comparisons.flatMap((line) => ["", line]), "", whatWasMeasured];
}

/** How each further image compares with the first: one sentence each; none where a time is missing. */
export function startComparisons([first, ...others]: readonly StartSeries[]): readonly string[] {
  const before = first && spreadOf(first);
  if (first === undefined || before === undefined) return [];
  return others.flatMap((one) => {
    const after = spreadOf(one);
    if (after === undefined) return [];
    const difference = after.medianMs - before.medianMs;
    const name = escapeSteering(one.reference);
    const than = escapeSteering(first.reference);
    const percent = Math.round((Math.abs(difference) / before.medianMs) * 100);
    const later = difference > 0 ? "later" : "earlier";
    const by = `${formatMs(Math.abs(difference))} (${percent}%) ${later} than ${than}`;
    const isApart = after.mostMs < before.leastMs || before.mostMs < after.leastMs;
    return isApart
      ? [`${name} shows its first sign ${by}, by the median.`]
      : [`${name}: ${by} by the median, but the times overlap, so that may be chance.`];
  });
}

/** `0.4 ms`, `12.3 ms`, `1.24 s`. */
export function formatMs(ms: number): string {
  const tenths = Math.round(ms * 10) / 10;
  return tenths < 1000 ? `${tenths} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
}

/** What ended the runs, each kind once with how often where they differ: `output`, `exit 7`, `output 4×, nothing 1×`. */
function signsOf({ runs }: StartSeries): string {
  const counts = new Map<string, number>();
  for (const { sign } of runs) {
    const name = nameOf(sign);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [only] = counts.keys();
  if (counts.size === 1 && only !== undefined) return only;
  return Array.from(counts, ([name, count]) => `${name} ${count}×`).join(", ");
}

function nameOf(sign: StartSign | undefined): string {
  switch (sign?.kind) {
    case undefined:
      return "nothing in time";
    case "output":
      return "output";
    case "exit":
      return `exit ${sign.exitCode}`;
    case "port":
      return `port ${sign.port}`;
  }
}
