import { countUpTo } from "../text/countUpTo.ts";
import type { Span } from "../text/span.ts";
import { stageAt } from "./stages.ts";
import type { Dockerfile, TareDirective } from "./syntax.ts";

/** The `# tare:` comment in which a span lies; undefined anywhere else. O(log directives). */
export function directiveAround(
  { directives }: Pick<Dockerfile, "directives">,
  { start, end }: Span,
): TareDirective | undefined {
  const above = directives[countUpTo(directives, start, ({ span }) => span.start) - 1];
  return above !== undefined && end <= above.span.end ? above : undefined;
}

/** Keys that speak of a stage where they stand above the FROM of one. A registry never sends a stage alone, so no other limit does. */
const stageKeys: ReadonlySet<string> = new Set(["budget", "target"]);

/**
 * Index of the stage that a `# tare:` setting limits: it stands right above a FROM that neither opens the file nor starts the final stage.
 * Undefined for all that speaks of the file and its image. O(log stages).
 */
export function budgetedStage(
  { instructions, stages }: Pick<Dockerfile, "instructions" | "stages">,
  { appliesTo, span }: Pick<TareDirective, "appliesTo" | "span">,
  key: string,
): number | undefined {
  if (!stageKeys.has(key) || appliesTo === undefined) return undefined;
  const below = instructions[appliesTo];
  if (below?.keyword !== "FROM" || below.span.start < span.start) return undefined;
  const stage = stageAt({ stages }, appliesTo)?.index;
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
