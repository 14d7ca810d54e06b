/** A string of a JSON array: its value, and where it stands in the text of the array, quotes included. */
export interface ExecItem {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The items of a JSON array of strings, which makes the exec form; undefined for anything else, which is shell form. */
export function execItemsOf(text: string): readonly ExecItem[] | undefined {
  if (!text.startsWith("[") || !text.endsWith("]")) return undefined;
  const items = parseStrings(text);
  if (items === undefined) return undefined;
  const found = [...text.matchAll(jsonString)];
  return items.map((item, index) => {
    const start = found[index]?.index ?? 0;
    return { text: item, start, end: start + (found[index]?.[0].length ?? 0) };
  });
}

const jsonString = /"(?:[^"\\]|\\.)*"/g;

function parseStrings(json: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(json);
    const isStrings = Array.isArray(value) && value.every((item) => typeof item === "string");
    return isStrings ? value : undefined;
  } catch {
    return undefined;
  }
}
