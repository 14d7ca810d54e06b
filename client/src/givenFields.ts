/** Fields of what a command was given: of the row in it where a tree calls, else its own. Empty for what has none. */
export function givenFields(given: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(given)) return {};
  return isRecord(given["row"]) ? given["row"] : given;
}

/** Whether a value of unknown origin has fields at all. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
