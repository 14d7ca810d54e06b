import { type PhysicalLine, lineAt } from "./logicalLines.ts";

const directive = /^#[ \t]*([a-zA-Z][a-zA-Z0-9]*)[ \t]*=[ \t]*(.+?)[ \t]*$/;

/**
 * The escape character: set by an `escape` directive among the first lines of the file, else `\`. Directives end at the first line that has
 * not their form. Docker's parser/directives.go.
 */
export function escapeOf(text: string, from: number): string {
  for (let at = from; at < text.length;) {
    const line: PhysicalLine = lineAt(text, at);
    const match = directive.exec(text.slice(line.start, line.end));
    if (match === null) return "\\";
    if (match[1]?.toLowerCase() === "escape") return match[2] === "`" ? "`" : "\\";
    at = line.next;
  }
  return "\\";
}
