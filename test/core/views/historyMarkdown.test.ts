import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuildRecord } from "../../../server/src/core/history/buildRecord.ts";
import { textKey } from "../../../server/src/core/history/textKey.ts";
import { historyMarkdown } from "../../../server/src/core/views/historyMarkdown.ts";
import { digestOf } from "../../support/imageBuilder.ts";

/** A build of lines with their bytes; undefined for those that were not told apart. */
const build = (
  totalBytes: number,
  lines: Readonly<Record<string, number | undefined>>,
): BuildRecord => ({
  imageId: digestOf(JSON.stringify(lines)),
  reference: "app|`x`",
  platform: "linux/amd64",
  stage: "0",
  timeMs: Date.UTC(2026, 0, 2, 3, 4),
  totalBytes,
  lines: Object.entries(lines).map(([text, bytes]) => ({
    keyword: text.split(" ")[0] as BuildRecord["lines"][number]["keyword"],
    text,
    key: textKey(text),
    bytes,
  })),
});

function checkMarkdown(before: BuildRecord, after: BuildRecord, expected: string): void {
  assert.equal(historyMarkdown(before, after, "It is *gone*."), expected);
}

const head = (title: string, old: string, now: string): string =>
  [
    `### ${title}`,
    `From the build of 2026-01-02 03:04 UTC (\`\` app|\`x\` \`\`, ${old}) to the build of 2026-01-02 03:04 UTC (\`\` app|\`x\` \`\`, ${now}).`,
    String.raw`It is \*gone\*.`,
  ].join("\n\n");

test("lines that gained, lost, came and went, each on a row; equal ones on none", () =>
  checkMarkdown(
    build(119, {
      "FROM debian:12": 70,
      "RUN fetch a | b": 40,
      "COPY app /app": 9,
      "RUN gone": 3,
      "RUN same": 1,
    }),
    build(134, {
      "FROM debian:13": 72,
      "RUN fetch a | b": 54,
      "ADD new /": 5,
      "COPY app /app": 9,
      "RUN same": 1,
    }),
    `${head("119 B → 134 B (+15 B)", "119 B", "134 B")}

| change | line | |
| ---: | --- | --- |
| +2 B | \`FROM debian:13\` |  |
| +14 B | \`RUN fetch a \\| b\` |  |
| +5 B | \`ADD new /\` | new |
| ? | \`RUN gone\` | 3 B then, not found now |

`,
  ));

test("what is not known on one side is a question mark, never nothing", () =>
  checkMarkdown(
    build(10, { "FROM a": 1, "RUN a": undefined }),
    build(20, { "FROM a": 1, "RUN a": 19 }),
    `${head("10 B → 20 B (+10 B)", "10 B", "20 B")}

| change | line | |
| ---: | --- | --- |
| ? | \`RUN a\` |  |

`,
  ));

test("builds that weigh the same by line say so", () =>
  checkMarkdown(
    build(10, { "FROM a": 1 }),
    build(10, { "FROM a": 1 }),
    `${head("10 B → 10 B (±0)", "10 B", "10 B")}

No line weighs anything else, as far as both builds tell.

`,
  ));
