import type { LintedFile } from "./findings.ts";
import { findingRows } from "./findings.ts";
import { jsonText } from "./reportJson.ts";

/** What `tare lint --json` prints (DESIGN §5): one object, every finding on a line of its own, ended by a newline. */
export function lintJson(files: readonly LintedFile[]): string {
  const entries = files.map(({ path, analysis }) => {
    const rows = findingRows(analysis).map((row) => `\n        ${jsonText(row)}`);
    const list = rows.length === 0 ? "[]" : `[${rows.join(",")}\n      ]`;
    return `\n    {\n      "path": ${jsonText(path)},\n      "findings": ${list}\n    }`;
  });
  return `{\n  "schemaVersion": 1,\n  "files": [${entries.join(",")}${entries.length === 0 ? "" : "\n  "}]\n}\n`;
}
