import { parseDockerignore } from "./dockerignore.ts";
import { cleanPath } from "./goPath.ts";
import { trimSpace } from "./goSpace.ts";
import type { TextEdit } from "../text/edit.ts";

const comment = "# Not needed in the image";

/**
 * Adds patterns at the end of a `.dockerignore`, where they outrank all others, below a comment line of their own; everything else stays as it
 * is, line ends included. Patterns that already stand there behind the last exception are left out; undefined when none is left, so a second
 * application changes nothing. For a file that does not exist yet the edit, at offset 0, is its whole text.
 */
export function extendDockerignore(
  existing: string | undefined,
  patterns: readonly string[],
): TextEdit | undefined {
  const text = existing ?? "";
  const missing = [...new Set(patterns)].filter((pattern) => !isListed(text, pattern));
  if (missing.length === 0) return undefined;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const isOpenLine = text !== "" && text !== "\ufeff" && !text.endsWith("\n");
  const lines = isBelowOwnComment(text) ? missing : [...gapAbove(text), comment, ...missing];
  const newText = `${isOpenLine ? newline : ""}${lines.join(newline)}${newline}`;
  return { span: { start: text.length, end: text.length }, newText };
}

/** An exception behind a pattern may take back what it keeps out, so only what stands behind the last one counts. */
function isListed(text: string, pattern: string): boolean {
  const { patterns } = parseDockerignore(text).value;
  const behind = patterns.slice(patterns.findLastIndex(({ isException }) => isException) + 1);
  const clean = cleanPath(trimSpace(pattern)).replace(/^\//, "");
  return behind.some((listed) => listed.text === clean);
}

/** Whether the last paragraph is one that was added here before. */
function isBelowOwnComment(text: string): boolean {
  const paragraph = text.trimEnd().split(/\r?\n/);
  const opening = paragraph.findLastIndex((line) => line.startsWith("#"));
  return (
    opening >= 0 &&
    paragraph[opening] === comment &&
    !/\n\s*\n\s*$/.test(text) &&
    paragraph.slice(opening).every((line) => line.trim() !== "")
  );
}

/** An empty line above the comment, unless the file is empty or ends with one. */
function gapAbove(text: string): readonly string[] {
  return text.trim() === "" || text === "\ufeff" || /\n[ \t\r]*\n$/.test(text) ? [] : [""];
}
