import { type PhysicalLine, lineAt } from "./logicalLines.ts";

const directive = /^\s*#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/;
const names: ReadonlySet<string> = new Set(["syntax", "escape", "check"]);

/**
 * The escape character: set by an `escape` directive among the first lines of the file, else `\`. Directives end at the first line that is
 * none of the known ones, be it a comment of their form. Docker's parser/directives.go.
 */
export function escapeOf(text: string, from: number): string {
  for (let at = from; at < text.length;) {
    const line: PhysicalLine = lineAt(text, at);
    const [, name = "", value] = directive.exec(text.slice(line.start, line.end)) ?? [];
    if (!names.has(name.toLowerCase())) return "\\";
    if (name.toLowerCase() === "escape") return value === "`" ? "`" : "\\";
    at = line.next;
  }
  return "\\";
}
