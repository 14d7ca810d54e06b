/** A value for each name that is known; undefined for one that is declared without a value. */
export type Variables = Pick<ReadonlyMap<string, string | undefined>, "get" | "has">;

/**
 * Fills variables in as Docker's shell lexer does: `$X`, `${X}`, `${X:-default}`, `${X-default}`, `${X:+other}`, `${X+other}`. Undefined as soon
 * as a value is not known, or a form changes the value in a way that is not followed here (`${X#prefix}` and the like), and past a length that no
 * person writes: a few dozen lines that each double a value would fill the memory.
 */
export function expandVariables(text: string, variables: Variables): string | undefined {
  // One that is never closed is not followed, and looking for its end from each `${` would take the square of the length.
  if (text.lastIndexOf("${") > text.lastIndexOf("}")) return undefined;
  let unknown = false;
  let filledLength = 0;
  const expanded = text.replaceAll(
    /\$(?:(\w+)|\{(\w+)(?:(:?[-+])((?:[^{}]|\$\{[^{}]*\})*)|([^}]*))\})/g,
    (_, bare?: string, name?: string, operator?: string, word?: string, other?: string) => {
      const value = variables.get(bare ?? name ?? "");
      if (unknown) return "";
      const filled = other ? undefined : withOperator(value, operator, word, variables);
      filledLength += filled?.length ?? 0;
      unknown = filled === undefined || filledLength > longest;
      return unknown ? "" : (filled ?? "");
    },
  );
  return unknown || /\$\{/.test(expanded) ? undefined : expanded;
}

const longest = 32 * 1024;

function withOperator(
  value: string | undefined,
  operator: string | undefined,
  word: string | undefined,
  variables: Variables,
): string | undefined {
  if (operator === undefined) return value;
  const isSet = operator.startsWith(":")
    ? value !== undefined && value !== ""
    : value !== undefined;
  const other = expandVariables(word ?? "", variables);
  if (operator.endsWith("-")) return isSet ? value : other;
  return isSet ? other : "";
}
