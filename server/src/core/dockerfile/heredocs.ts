import { type LogicalLine, lineAt } from "./logicalLines.ts";
import type { Heredoc } from "./syntax.ts";
import { splitWords } from "./words.ts";

const opening = /^\d*<<(-?)\s*([^<]+)$/;

/** The heredocs that a line opens and where the text goes on behind them; one that is not closed takes the rest of the text. Docker's parser.go. */
export function readHeredocs(
  text: string,
  line: LogicalLine,
  from: number,
  escape: string,
): { readonly heredocs: readonly Heredoc[]; readonly end: number; readonly next: number } {
  const heredocs: Heredoc[] = [];
  let { end, next } = line;
  if (!line.text.includes("<<")) return { heredocs, end, next };
  for (const { raw } of splitWords(line.text, from, escape)) {
    const match = opening.exec(raw);
    if (match === null) continue;
    const written = match[2] ?? "";
    const name = written.replaceAll(/["']|\\(?=.)/g, "");
    if (name === "") continue;
    const stripsTabs = match[1] === "-";
    const body = readBody(text, next, name, stripsTabs);
    heredocs.push({
      name,
      expands: !/["']/.test(written),
      stripsTabs,
      bodySpan: { start: next, end: body.bodyEnd },
      isClosed: body.isClosed,
    });
    ({ end, next } = body);
  }
  return { heredocs, end, next };
}

function readBody(
  text: string,
  start: number,
  name: string,
  stripsTabs: boolean,
): {
  readonly bodyEnd: number;
  readonly end: number;
  readonly next: number;
  readonly isClosed: boolean;
} {
  let at = start;
  while (at < text.length) {
    const line = lineAt(text, at);
    const content = text.slice(line.start, line.end);
    if ((stripsTabs ? content.replace(/^\t+/, "") : content) === name) {
      return { bodyEnd: at, end: line.end, next: line.next, isClosed: true };
    }
    at = line.next;
  }
  return { bodyEnd: text.length, end: text.length, next: text.length, isClosed: false };
}
