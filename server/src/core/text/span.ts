/** Half-open pair of UTF-16 offsets into a text: `start` is inside, `end` is not. `start <= end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Whether the offset lies in the span or directly behind it, where a cursor still touches it. */
export function touches(span: Span, offset: number): boolean {
  return span.start <= offset && offset <= span.end;
}

/** The text that a span covers. */
export function textOf(text: string, span: Span): string {
  return text.slice(span.start, span.end);
}
