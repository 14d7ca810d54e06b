const space =
  "[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const outer = new RegExp(`^${space}|${space}$`, "g");

/** A text without the blanks around it, those that Go's `strings.TrimSpace` knows: not a byte order mark, which `trim` takes too. */
export function trimSpace(text: string): string {
  return text.replaceAll(outer, "");
}
