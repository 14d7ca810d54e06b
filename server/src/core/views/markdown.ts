import { escapeSteering, fitPath } from "./reportCells.ts";

/** Text from an image, a file or an engine as a Markdown code span: shows every character, renders none. */
export function codeSpan(text: string): string {
  const shown = escapeSteering(text);
  const runs = shown.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  const needsPadding = /^[` ]|[` ]$/.test(shown);
  return needsPadding ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`;
}

/** Text from outside as plain Markdown text: no emphasis, link, image, HTML, list or bare address can come of it. One line. */
export function escapeMarkdown(text: string): string {
  return escapeSteering(text)
    .replaceAll(/[\\`*_{}[\]<>#|~!&$@]/g, String.raw`\$&`)
    .replaceAll("://", String.raw`\://`)
    .replaceAll(/\b(www)\./gi, String.raw`$1\.`)
    .replaceAll(/^(\s*)([-+])/g, String.raw`$1\$2`)
    .replaceAll(/^(\s*\d+)([.)])(?=\s|$)/g, String.raw`$1\$2`);
}

/** A path of an image as a code span, cut in its middle past `columns`. The root is written `/`. */
export function pathSpan(path: string, columns = 64): string {
  return codeSpan(fitPath(escapeSteering(path === "" ? "/" : path), columns));
}
