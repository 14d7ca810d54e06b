import type { Span } from "./span.ts";

/** A replacement of a span of a text; an insertion has an empty span. */
export interface TextEdit {
  readonly span: Span;
  readonly newText: string;
}

/** The text with all edits made. Edits must not overlap; insertions at one place are made in the order given. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = edits
    .map((edit, index) => ({ edit, index }))
    .sort((a, b) => a.edit.span.start - b.edit.span.start || a.index - b.index);
  let at = 0;
  let edited = "";
  for (const { edit } of ordered) {
    edited += text.slice(at, edit.span.start) + edit.newText;
    at = Math.max(at, edit.span.end);
  }
  return edited + text.slice(at);
}
