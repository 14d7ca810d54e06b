import type { Dockerfile, Instruction, TareDirective } from "./syntax.ts";

/** Keys that speak of a stage where they stand above the FROM of one. A registry never sends a stage alone, so no other limit does. */
const stageKeys: ReadonlySet<string> = new Set(["budget", "target"]);

/**
 * Index of the stage that a `# tare:` setting limits: it stands right above a FROM that neither opens the file nor starts the final stage.
 * Undefined for all that speaks of the file and its image.
 */
export function budgetedStage(
  { instructions }: Pick<Dockerfile, "instructions">,
  { appliesTo, span }: Pick<TareDirective, "appliesTo" | "span">,
  key: string,
): number | undefined {
  if (!stageKeys.has(key) || appliesTo === undefined) return undefined;
  const below = instructions[appliesTo];
  if (below?.keyword !== "FROM" || below.span.start < span.start) return undefined;
  const stages = instructions.filter(isFrom);
  const stage = stages.indexOf(below);
  return span.start < (instructions[0]?.span.start ?? 0) || stage === stages.length - 1
    ? undefined
    : stage;
}

/** The only platform that the limits of a comment line hold for, as written; undefined for all platforms. */
export function limitedPlatform({ settings }: Pick<TareDirective, "settings">): string | undefined {
  return settings.find(({ key }) => key === "platform")?.value;
}

/** Keys whose settings `platform=…` narrows where it stands on the same comment line. */
export const limitKeys: readonly string[] = ["budget", "transfer-budget", "max-layers", "target"];

function isFrom({ keyword }: Instruction): boolean {
  return keyword === "FROM";
}
