/** An object as it came out of untrusted JSON: nothing is known of its values. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Readers of untrusted JSON: each takes a list to which it adds what is wrong, and returns undefined for a value that is absent, null or wrong.
 * After all fields are read, an empty list means that what came out can be trusted to have the stated shape.
 */
export type JsonProblems = string[];

/** The text as a JSON object; undefined, with a problem, when it is something else. */
export function parseJsonObject(problems: JsonProblems, text: string): JsonObject | undefined {
  const value = parseJson(problems, text);
  return value === undefined ? undefined : toObject(problems, value, "it");
}

/** The text as a JSON array; undefined, with a problem, when it is something else. */
export function parseJsonArray(
  problems: JsonProblems,
  text: string,
): readonly unknown[] | undefined {
  const value = parseJson(problems, text);
  if (value === undefined || Array.isArray(value)) return value;
  problems.push("it is not an array");
  return undefined;
}

/** The value as an object; `name` is how the problem calls it. */
export function toObject(
  problems: JsonProblems,
  value: unknown,
  name: string,
): JsonObject | undefined {
  if (isObject(value)) return value;
  problems.push(`${name} is not an object`);
  return undefined;
}

/** A text field. */
export function stringField(
  problems: JsonProblems,
  object: JsonObject,
  key: string,
): string | undefined {
  const value = fieldOf(object, key);
  if (value === undefined || typeof value === "string") return value;
  problems.push(`${key} is not a string`);
  return undefined;
}

/** A field that counts bytes: a whole number, not negative. */
export function bytesField(
  problems: JsonProblems,
  object: JsonObject,
  key: string,
): number | undefined {
  const value = fieldOf(object, key);
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  problems.push(`${key} is not a number of bytes`);
  return undefined;
}

/** A field that is an object. */
export function objectField(
  problems: JsonProblems,
  object: JsonObject,
  key: string,
): JsonObject | undefined {
  const value = fieldOf(object, key);
  return value === undefined ? undefined : toObject(problems, value, key);
}

/** A field that is an array of anything. */
export function arrayField(
  problems: JsonProblems,
  object: JsonObject,
  key: string,
): readonly unknown[] | undefined {
  const value = fieldOf(object, key);
  if (value === undefined || Array.isArray(value)) return value;
  problems.push(`${key} is not an array`);
  return undefined;
}

/** A field that is an array of strings. */
export function stringsField(
  problems: JsonProblems,
  object: JsonObject,
  key: string,
): readonly string[] | undefined {
  const values = arrayField(problems, object, key);
  if (values === undefined || values.every(isString)) return values;
  problems.push(`${key} holds something that is not a string`);
  return undefined;
}

/** A field that maps names to strings; null counts as "". */
export function stringMapField(
  problems: JsonProblems,
  object: JsonObject,
  key: string,
): Readonly<Record<string, string>> | undefined {
  const map = objectField(problems, object, key);
  if (map === undefined) return undefined;
  const entries = Object.entries(map).map(([name, value]) => [name, value ?? ""] as const);
  if (entries.every((entry): entry is readonly [string, string] => isString(entry[1]))) {
    return Object.fromEntries(entries);
  }
  problems.push(`${key} holds something that is not a string`);
  return undefined;
}

/** A field of the object, null counting as absent; inherited names are never fields. */
export function fieldOf(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? (object[key] ?? undefined) : undefined;
}

/** The fields that have a value; what is absent is left out rather than set to undefined. */
export function withoutAbsent<T extends object>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function parseJson(problems: JsonProblems, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null) return value;
    problems.push("it is null");
  } catch {
    problems.push("it is not JSON");
  }
  return undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}
