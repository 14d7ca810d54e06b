import { formatSize, parseSize } from "../core/analysis.ts";

/** A place in the tree of settings. */
export interface SettingPlace {
  /** As the user finds it: `tare.limits.entries`, `tare.rules["apt-lists-kept"]`. */
  readonly name: string;
  readonly value: unknown;
  /** Takes a sentence about a value that is not what it should be. */
  readonly note: (problem: string) => void;
}

/** What a setting can hold. */
export interface SettingKind<T> {
  /** Ends the words "should be". */
  readonly expected: string;
  /** Whether a text of nothing stands for "not set". */
  readonly canBeBlank: boolean;
  /** Undefined for a value of another kind. */
  understand(value: unknown): T | undefined;
  /** For people; as it is unless given. */
  readonly show?: (value: T) => string;
}

export const truth: SettingKind<boolean> = {
  expected: "true or false",
  canBeBlank: false,
  understand: (value) => (typeof value === "boolean" ? value : undefined),
};

export const count: SettingKind<number> = {
  expected: "a whole number from 0 on",
  canBeBlank: false,
  understand: (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined,
};

export const amount: SettingKind<number> = {
  expected: "a number from 0 on",
  canBeBlank: false,
  understand: (value) =>
    typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined,
};

/** Bytes, also as a number. */
export const size: SettingKind<number> = {
  expected: 'a size such as "10MB"',
  canBeBlank: true,
  understand: (value) => (typeof value === "string" ? parseSize(value) : count.understand(value)),
  show: formatSize,
};

/** Trimmed. */
export const words: SettingKind<string> = {
  expected: "a text",
  canBeBlank: true,
  understand: (value) => (typeof value === "string" ? value.trim() : undefined),
};

/** One of some texts. */
export function oneOf<Word extends string>(known: readonly Word[]): SettingKind<Word> {
  return {
    expected: `${known.slice(0, -1).join(", ")} or ${known.at(-1) ?? ""}`,
    canBeBlank: true,
    understand: (value) => known.find((word) => word === words.understand(value)),
  };
}

/** An empty list is what a Lua table without rows becomes on its way here. */
const tree: SettingKind<object> = {
  expected: "an object",
  canBeBlank: false,
  understand: (value) => {
    const isTree = typeof value === "object" && value !== null;
    return isTree && !(Array.isArray(value) && value.length > 0) ? value : undefined;
  },
};

/** The value at a place, or the fallback where none is set or it is of another kind, which is noted. */
export function valueOf<T, F extends T | undefined>(
  { name, value, note }: SettingPlace,
  kind: SettingKind<T>,
  fallback: F,
): T | F {
  if (value === undefined || value === null) return fallback;
  if (kind.canBeBlank && typeof value === "string" && value.trim() === "") return fallback;
  const understood = kind.understand(value);
  if (understood !== undefined) return understood;
  const meanwhile =
    fallback === undefined ? "it counts as not set" : `${(kind.show ?? String)(fallback)} is used`;
  note(`${name} should be ${kind.expected}, but is ${shown(value)}: meanwhile ${meanwhile}.`);
  return fallback;
}

/** The place of a dotted name; clients send nested objects, some the dotted key itself. */
export function placeAt(place: SettingPlace, path: string): SettingPlace {
  const within = valueOf(place, tree, undefined) ?? {};
  const direct: unknown = Reflect.get(within, path);
  const dot = path.indexOf(".");
  if (direct !== undefined || dot === -1) {
    return { ...place, name: `${place.name}.${path}`, value: direct };
  }
  const first = path.slice(0, dot);
  const outer = { ...place, name: `${place.name}.${first}`, value: Reflect.get(within, first) };
  return placeAt(outer, path.slice(dot + 1));
}

/** The places of an object whose keys users choose, in its order. */
export function rowsOf(place: SettingPlace): readonly (readonly [key: string, SettingPlace])[] {
  return Object.entries(valueOf(place, tree, undefined) ?? {}).map(
    ([key, value]: [string, unknown]) => [
      key,
      { ...place, name: `${place.name}[${shown(key)}]`, value },
    ],
  );
}

const mostShown = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}
