/** Characters that would steer a terminal or turn its text around: C0, DEL, C1, line separators and bidirectional controls. */
// oxlint-disable-next-line no-control-regex -- these are the characters that must not come through
const steering = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text from an image or a file with every steering character written as `\x1b` or `\u202e`, so that printing it moves nothing. */
export function escapeSteering(text: string): string {
  return text.replaceAll(steering, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** First and last code points of the ranges that take two columns; Unicode East Asian Width W and F, joined where the gaps are unassigned. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function columnsOfCharacter(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) return 0;
  return wideRanges.some(([first, last]) => first <= code && code <= last) ? 2 : 1;
}

/** Columns that the text takes on a terminal; steering characters must be escaped before. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfCharacter(character);
  return columns;
}

/** The text's beginning, cut with `…` so that it takes at most `columns`; "" when not even the ellipsis fits. */
export function fitEnd(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  if (columns < 1) return "";
  return `${takeColumns(Array.from(text), columns - 1).join("")}…`;
}

/** A path cut in its middle with `…`, the last name kept as long as it can be: `usr/lib/…/libLLVM.so`. At most `columns` wide. */
export function fitPath(path: string, columns: number): string {
  if (columnsOf(path) <= columns) return path;
  if (columns < 1) return "";
  const tail = path.slice(path.lastIndexOf("/", path.length - 2) + 1);
  const left = columns - 1;
  const tailColumns = Math.min(columnsOf(tail) + 1, Math.max(left - 5, Math.ceil(left / 2)));
  const kept = takeColumns(Array.from(path).reverse(), tailColumns).toReversed().join("");
  return `${takeColumns(Array.from(path), left - columnsOf(kept)).join("")}…${kept}`;
}

function takeColumns(characters: readonly string[], columns: number): readonly string[] {
  let used = 0;
  const end = characters.findIndex((character) => {
    used += columnsOfCharacter(character);
    return used > columns;
  });
  return end === -1 ? characters : characters.slice(0, end);
}

/** The text with blanks on its right up to `columns`; longer text is left as it is. */
export function padRight(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/** The text with blanks on its left up to `columns`; longer text is left as it is. */
export function padLeft(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - columnsOf(text))) + text;
}
