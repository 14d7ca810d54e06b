import type { RewriteTarget } from "../core/analysis.ts";
import { nearestName, rules } from "../core/analysis.ts";
import { fail, succeed } from "../core/result.ts";
import type { Result } from "../core/result.ts";
import type { ParsedOptions } from "./options.ts";
import { lastValue } from "./options.ts";
import type { ReadingArguments } from "./sharedArgs.ts";
import { readingOf } from "./sharedArgs.ts";

/** What `tare fix` was asked to do. */
export interface FixArguments extends ReadingArguments {
  readonly kind: "fix";
  readonly dockerfilePath: string;
  /** Codes of rules; empty for everything that is safe. */
  readonly ruleCodes: readonly string[];
  /** Where the final stage is to be taken, instead of what rules found; undefined when it stays. */
  readonly target: RewriteTarget | undefined;
  readonly isWriting: boolean;
}

/** Where a final stage can be taken, smallest first. */
const rewriteTargets: readonly RewriteTarget[] = ["scratch", "distroless", "alpine", "slim"];

/** The error is one sentence. */
export function toFix(parsed: ParsedOptions): Result<FixArguments, string> {
  const [dockerfilePath, surplus] = parsed.positionals;
  if (dockerfilePath === undefined) return fail("Name a Dockerfile: `tare fix DOCKERFILE`.");
  if (surplus !== undefined) return fail(`Name one Dockerfile only: “${surplus}” is a second one.`);
  const reading = readingOf(parsed);
  if (!reading.ok) return reading;
  const ruleCodes = (parsed.values.get("rule") ?? []).flatMap((codes) => codes.split(","));
  const known = rules.map(({ code }) => code);
  const unknown = ruleCodes.find((code) => !known.includes(code));
  if (unknown !== undefined) {
    return fail(`There is no rule “${unknown}”: ${ruleAdvice(unknown, known)}.`);
  }
  const target = targetOf(parsed);
  if (!target.ok) return target;
  return succeed({
    kind: "fix",
    ...reading.value,
    dockerfilePath,
    ruleCodes,
    target: target.value,
    isWriting: parsed.values.has("write"),
  });
}

function targetOf(parsed: ParsedOptions): Result<RewriteTarget | undefined, string> {
  const written = lastValue(parsed, "to");
  if (written === undefined) return succeed(undefined);
  const target = rewriteTargets.find((known) => known === written);
  if (target === undefined) {
    return fail(`“${written}” is no place to go: write one of ${rewriteTargets.join(", ")}.`);
  }
  return parsed.values.has("rule")
    ? fail("Ask for one thing at a time: --rule or --to.")
    : succeed(target);
}

/** The name that was meant, else those that share a word with it: all of them fill a screen. */
function ruleAdvice(unknown: string, known: readonly string[]): string {
  const near = nearestName(unknown, known);
  if (near !== undefined) return `write ${near}`;
  const words = new Set(unknown.toLowerCase().split(/[^a-z0-9]+/));
  const alike = known.filter((code) => code.split("-").some((word) => words.has(word)));
  return alike.length > 0 && alike.length <= mostAlike
    ? `there is ${alike.join(", ")}`
    : "`tare lint` names the rule of each finding";
}

const mostAlike = 6;
