import { isIgnored, parseDockerignore } from "./dockerignore.ts";
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
  const missing = [...new Set(patterns)].flatMap((pattern) => lineFor(text, pattern) ?? []);
  if (missing.length === 0) return undefined;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const isOpenLine = text !== "" && text !== "\ufeff" && !text.endsWith("\n");
  const lines = isBelowOwnComment(text) ? missing : [...gapAbove(text), comment, ...missing];
  const newText = `${isOpenLine ? newline : ""}${lines.join(newline)}${newline}`;
  return { span: { start: text.length, end: text.length }, newText };
}

/**
 * The line that keeps out what a pattern matches, with all below it; undefined where it stands already. An exception may take back what stands above
 * it, so only what stands behind the last one counts. And where a folder is kept out already, builders do not compare it with later
 * patterns, so that these do not hold below it: then `/**` must speak of what is in it.
 */
function lineFor(text: string, pattern: string): string | undefined {
  const { patterns } = parseDockerignore(text).value;
  const lastException = patterns.findLastIndex(({ isException }) => isException);
  const clean = cleanPath(trimSpace(pattern)).replace(/^\//, "");
  const findBehind = (wanted: string): number =>
    patterns.findIndex((listed, index) => index > lastException && listed.text === wanted);
  const listed = findBehind(clean);
  if (findBehind(`${clean}/**`) >= 0) return undefined;
  const above = listed < 0 ? patterns : patterns.slice(0, listed);
  const isKeptOutAbove =
    lastException >= 0 && isIgnored({ patterns: above, isUsable: true }, anExample(clean));
  if (isKeptOutAbove) return `${clean}/**`;
  return listed < 0 ? pattern : undefined;
}

/** A path that a pattern matches. */
function anExample(pattern: string): string {
  return pattern.replaceAll(/\*\*\//g, "").replaceAll(/[*?]+/g, "x");
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
