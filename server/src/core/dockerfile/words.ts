/** A word of a logical line: where it stands in that line, as written, and without quotes and escapes. */
export interface LineWord {
  readonly start: number;
  readonly end: number;
  readonly raw: string;
  readonly text: string;
}

/** Words of a logical line from an offset on, split at blanks outside quotes. An open quote lasts to the end of the line. */
export function splitWords(line: string, from: number, escape: string): readonly LineWord[] {
  const words: LineWord[] = [];
  for (let at = skipBlanks(line, from); at < line.length; at = skipBlanks(line, at)) {
    const word = readWord(line, at, escape);
    words.push(word);
    at = word.end;
  }
  return words;
}

/** The word that starts at an offset. */
export function readWord(line: string, start: number, escape: string): LineWord {
  let at = plainEndOf(line, start, escape);
  let text = line.slice(start, at);
  if (at === line.length || isBlankChar(line[at] ?? "")) return { start, end: at, raw: text, text };
  while (at < line.length) {
    const char = line[at] ?? "";
    if (isBlankChar(char)) break;
    if (char === '"' || char === "'") {
      const quoted = readQuoted(line, at, escape);
      text += quoted.text;
      at = quoted.end;
    } else if (char === escape && at + 1 < line.length) {
      text += line[at + 1] ?? "";
      at += 2;
    } else {
      text += char;
      at += 1;
    }
  }
  return { start, end: at, raw: line.slice(start, at), text };
}

/** First offset that is no part of a word, or where quotes or escapes have to be taken away. */
function plainEndOf(line: string, start: number, escape: string): number {
  let at = start;
  for (; at < line.length; at += 1) {
    const char = line[at] ?? "";
    if (isBlankChar(char) || char === '"' || char === "'" || char === escape) break;
  }
  return at;
}

/** What stands between quotes, and the offset behind the closing one. Single quotes keep everything: Docker's shell lexer. */
function readQuoted(
  line: string,
  start: number,
  escape: string,
): { readonly text: string; readonly end: number } {
  const quote = line[start] ?? "";
  let text = "";
  let at = start + 1;
  for (; at < line.length && line[at] !== quote; at += 1) {
    const char = line[at] ?? "";
    const next = line[at + 1] ?? "";
    // Inside double quotes only these lose their escape.
    const isEscaped = quote === '"' && char === escape && ['"', "$", escape].includes(next);
    if (isEscaped) at += 1;
    text += isEscaped ? next : char;
  }
  return { text, end: Math.min(at + 1, line.length) };
}

/** First offset at or behind `from` that is no blank. */
export function skipBlanks(line: string, from: number): number {
  let at = from;
  while (at < line.length && isBlankChar(line[at] ?? "")) at += 1;
  return at;
}

function isBlankChar(char: string): boolean {
  return char === " " || char === "\t" || char === "\r" || char === "\v" || char === "\f";
}
