import type { BuildLine, BuildRecord } from "../history/buildRecord.ts";
import { pairLines } from "../history/pairLines.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { buildName } from "./besideImage.ts";
import { type BuildPair, comparisonTitle } from "./buildHistory.ts";
import { formatChange } from "./diffLines.ts";
import { codeSpan, escapeMarkdown } from "./markdown.ts";

/** Two builds by line, from the history alone: for images that are gone. `why` says so, one sentence. */
export function historyMarkdown(before: BuildRecord, after: BuildRecord, why: string): string {
  const rows = rowsOf(before.lines, after.lines);
  const table = rows.map(({ change, text, remark }) =>
    [`| ${change}`, codeSpan(text).replaceAll("|", String.raw`\|`), `${remark} |`].join(" | "),
  );
  return [
    `### ${comparisonTitle({ before, after })}`,
    pairSentence({ before, after }),
    escapeMarkdown(why),
    rows.length === 0
      ? "No line weighs anything else, as far as both builds tell."
      : ["| change | line | |", "| ---: | --- | --- |", ...table].join("\n"),
    "",
  ].join("\n\n");
}

/** Which builds are compared, in Markdown. */
export function pairSentence({ before, after }: BuildPair): string {
  const [old, now] = [before, after].map(
    (build) =>
      `${buildName(build)} (${codeSpan(build.reference)}, ${formatExactBytes(build.totalBytes)})`,
  );
  return `From ${old} to ${now}.`;
}

interface Row {
  readonly change: string;
  readonly remark: string;
  readonly text: string;
}

/** Lines that weigh something else, in the order of the later build; then those that are gone. What cannot be paired shows what it weighs on its side. */
function rowsOf(before: readonly BuildLine[], after: readonly BuildLine[]): readonly Row[] {
  const pairs = pairLines(before, after);
  const paired = new Set(pairs.flatMap((pair) => ("before" in pair ? [pair.before] : [])));
  const later = after.flatMap(({ text, bytes }, at): readonly Row[] => {
    const pair = pairs[at];
    switch (pair?.kind) {
      case undefined:
      case "unclear":
        return bytes === 0 ? [] : [{ change: "?", remark: `${sizeOf(bytes)} now`, text }];
      case "new":
        return bytes === 0 ? [] : [{ change: changeOf(0, bytes), remark: "new", text }];
      case "same":
      case "edited":
        return pairedRow(before[pair.before], { text, bytes }, pair.kind);
    }
  });
  const gone = before.flatMap(({ text, bytes }, at): readonly Row[] =>
    paired.has(at) || bytes === 0
      ? []
      : [{ change: "?", remark: `${sizeOf(bytes)} then, not found now`, text }],
  );
  return [...later, ...gone];
}

function pairedRow(
  old: BuildLine | undefined,
  { text, bytes }: Pick<BuildLine, "text" | "bytes">,
  kind: "same" | "edited",
): readonly Row[] {
  const change = changeOf(old?.bytes, bytes);
  if (change === "±0" || (old?.bytes === undefined && bytes === undefined)) return [];
  return [{ change, remark: kind === "same" ? "" : "edited", text }];
}

function changeOf(old: number | undefined, now: number | undefined): string {
  return formatChange(old ?? null, now ?? null);
}

function sizeOf(bytes: number | undefined): string {
  return bytes === undefined ? "not known" : formatSize(bytes);
}
