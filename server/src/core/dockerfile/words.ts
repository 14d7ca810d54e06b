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
  let text = "";
  let quote = "";
  let at = start;
  for (; at < line.length; at += 1) {
    const char = line[at] ?? "";
    if (char === escape && quote !== "'" && at + 1 < line.length) {
      const escaped = line[at + 1] ?? "";
      // Inside double quotes only these lose their escape: Docker's shell lexer.
      const isKept = quote === '"' && escaped !== '"' && escaped !== "$" && escaped !== escape;
      text += isKept ? char + escaped : escaped;
      at += 1;
    } else if (quote !== "") {
      if (char === quote) quote = "";
      else text += char;
    } else if (char === '"' || char === "'") quote = char;
    else if (isBlankChar(char)) break;
    else text += char;
  }
  return { start, end: at, raw: line.slice(start, at), text };
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
