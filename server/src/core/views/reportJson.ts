import type { Report } from "./report.ts";

/**
 * The report as JSON text in pieces of about 64 kB, ended by a newline: every row of a list on its own line, so that `grep` and
 * `diff` work on it, and no list is ever held as text as a whole. Characters that would steer a terminal are escaped.
 */
export function* reportJson(report: Report): Generator<string> {
  let piece = "{";
  let separator = "\n";
  for (const [field, value] of Object.entries(report)) {
    piece += `${separator}  ${JSON.stringify(field)}: `;
    separator = ",\n";
    if (!isList(value)) {
      piece += jsonText(value);
      continue;
    }
    let rowSeparator = "[\n    ";
    for (const row of value) {
      piece += rowSeparator + jsonText(row);
      rowSeparator = ",\n    ";
      if (piece.length >= 65_536) {
        yield piece;
        piece = "";
      }
    }
    piece += rowSeparator === "[\n    " ? "[]" : "\n  ]";
  }
  yield `${piece}\n}\n`;
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** The value as JSON on one line. JSON.stringify escapes C0 controls and lone surrogates; DEL, C1, line separators and bidirectional controls it leaves to us. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
