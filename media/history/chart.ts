import type { HistoryBuild } from "../../server/src/protocol/builds.ts";

/** A bar of the chart, in units of a drawing that is 100 wide and 100 high. */
export interface Bar {
  readonly build: HistoryBuild;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The widest that a bar gets: two builds do not look like two walls. */
const widest = 12;
/** Share of its place that a bar fills. */
const fillRatio = 0.8;

/** One bar for each build, the newest at the right. Heights begin at nothing, so that twice the height is twice the bytes. */
export function barsOf(builds: readonly HistoryBuild[]): readonly Bar[] {
  const most = Math.max(1, ...builds.map(({ totalBytes }) => totalBytes));
  const place = Math.min(widest, 100 / Math.max(1, builds.length));
  return builds.map((build, index) => {
    const height = (build.totalBytes / most) * 100;
    return {
      build,
      x: 100 - (builds.length - index) * place,
      y: 100 - height,
      width: place * fillRatio,
      height,
    };
  });
}

/** What a build says of itself. `timeText` is the moment as the reader's clock has it. */
export function barText({ totalText, changeText, commit }: HistoryBuild, timeText: string): string {
  const change =
    changeText === undefined
      ? "no earlier build to compare with"
      : `${changeText} since the build before`;
  const checkedOut = commit === undefined ? "" : `, commit ${commit.slice(0, 12)} checked out`;
  return `${totalText}, ${change}, ${timeText}${checkedOut}`;
}
