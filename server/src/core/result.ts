/** Outcome of something that can fail for reasons outside the program: a value, or one error of a closed list. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** A successful outcome. */
export function succeed<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** A failed outcome. */
export function fail<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** Something wrong in a text: where (half-open offsets, UTF-16), and one sentence about it. */
export interface Problem {
  readonly span: { readonly start: number; readonly end: number };
  readonly message: string;
}

/** What could be understood of a text, and what could not. Broken text is normal: `value` is always usable. */
export interface Parsed<T> {
  readonly value: T;
  /** In text order; empty when everything was understood. */
  readonly problems: readonly Problem[];
}
