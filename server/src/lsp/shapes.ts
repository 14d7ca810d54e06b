/** What a value from a client must be for a handler to make sense of it: a condition, or an object whose fields have shapes of their own. */
export type Shape = ((value: unknown) => boolean) | { readonly [field: string]: Shape };

/** Whether a value has the shape; fields that are not named may be anything. */
export function fits(wanted: Shape, value: unknown): boolean {
  if (typeof wanted === "function") return wanted(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(wanted).every(([field, shape]) => fits(shape, Reflect.get(value, field)));
}

export function isText(value: unknown): boolean {
  return typeof value === "string";
}

export function isNumber(value: unknown): boolean {
  return typeof value === "number";
}

/** A list of anything. */
export function isList(value: unknown): boolean {
  return Array.isArray(value);
}

/** A list whose items all have the shape. */
export function listOf(shape: Shape): Shape {
  return (value) => Array.isArray(value) && value.every((item) => fits(shape, item));
}

/** May be left out. */
export function maybe(shape: Shape): Shape {
  return (value) => value === undefined || fits(shape, value);
}

export function orNull(shape: Shape): Shape {
  return (value) => value === null || fits(shape, value);
}

const position: Shape = { line: isNumber, character: isNumber };
/** Params of LSP that name a document. */
export const inDocument = { textDocument: { uri: isText } } satisfies Shape;
/** …and a place in it. */
export const atPosition = { ...inDocument, position } satisfies Shape;
/** …and a part of it. */
export const inRange = { ...inDocument, range: { start: position, end: position } } satisfies Shape;

/** `DocumentParams` of our own methods; the others have more fields. */
export const ofDocument = { uri: isText } satisfies Shape;
/** `FileParams`. */
export const ofFile = { ...ofDocument, path: isText, layer: maybe(isNumber) } satisfies Shape;
