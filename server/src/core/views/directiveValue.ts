import { findTarget } from "../bases/targets.ts";
import type { Target } from "../bases/targets.ts";
import type { BudgetVerdict } from "../budget/budget.ts";
import { budgetedStage } from "../dockerfile/directiveScope.ts";
import type { Dockerfile, TareSetting } from "../dockerfile/syntax.ts";
import { ignoredRules } from "../rules/ignoring.ts";
import { rules } from "../rules/registry.ts";
import { formatSize, parseSize } from "../text/size.ts";
import type { Span } from "../text/span.ts";
import { touches } from "../text/span.ts";
import type { DirectiveKey } from "./directiveHelp.ts";
import { sizeWithExact } from "./totals.ts";

/** What the value of a setting stands for and what it is held against now; undefined for values that only name something. */
export function directiveValueAt(
  dockerfile: Dockerfile,
  budgets: readonly BudgetVerdict[],
  setting: TareSetting,
  offset: number,
): { readonly span: Span; readonly help: DirectiveKey } | undefined {
  if (setting.key === "ignore") return ruleAt(setting, offset);
  const meaning = limitMeaning(setting, verdictsFor(dockerfile, budgets, setting));
  if (meaning === undefined) return undefined;
  const example = `${setting.key}=${setting.value}`;
  return { span: setting.valueSpan, help: { key: example, meaning, example } };
}

/** The limits of a target in words: `at most 100 kB in all layers together`. */
export function targetLimits({ budgetBytes, transferBudgetBytes }: Target): string {
  return [
    ...(budgetBytes === undefined
      ? []
      : [`at most ${formatSize(budgetBytes)} in all layers together`]),
    ...(transferBudgetBytes === undefined
      ? []
      : [`at most ${formatSize(transferBudgetBytes)} of compressed layers`]),
  ].join(" and ");
}

function ruleAt(setting: TareSetting, offset: number) {
  const named = ignoredRules(setting).find(({ span }) => touches(span, offset));
  const rule = rules.find(({ code }) => code === named?.name);
  if (named === undefined || rule === undefined) return undefined;
  const help = { key: rule.code, meaning: `${rule.title}.`, example: `ignore=${rule.code}` };
  return { span: named.span, help };
}

function limitMeaning(
  { key, value }: TareSetting,
  verdicts: readonly BudgetVerdict[],
): string | undefined {
  const now = verdicts.map(verdictSentence).join(" ");
  if (key === "target") {
    const target = findTarget(value);
    return (
      target &&
      `${capital(targetLimits(target))}. ${target.reason} Source: ${target.source} ${now}`.trim()
    );
  }
  const bytes = key === "budget" || key === "transfer-budget" ? parseSize(value) : undefined;
  return bytes === undefined ? undefined : `${sizeWithExact(bytes)}. ${now}`.trim();
}

/** The verdicts on just these limits: of the same stage, and stated by this target or as a size. */
function verdictsFor(
  dockerfile: Dockerfile,
  budgets: readonly BudgetVerdict[],
  { key, value, keySpan }: TareSetting,
): readonly BudgetVerdict[] {
  const directive = dockerfile.directives.find(({ settings }) =>
    settings.some((one) => one.keySpan.start === keySpan.start),
  );
  const stage = directive && budgetedStage(dockerfile, directive, key);
  return budgets
    .filter((verdict) => verdict.stage === stage)
    .filter(({ target, name, limitBytes }) =>
      key === "target"
        ? target === value
        : target === undefined && name === key && limitBytes === parseSize(value),
    );
}

function verdictSentence(verdict: BudgetVerdict): string {
  const { name, stage, actualBytes, limitBytes, isWithin, isLeast, basis } = verdict;
  const what = stage === undefined ? "image" : "stage";
  const weighs = name === "budget" ? "weigh" : "send";
  if (actualBytes === undefined) return `What the ${what} ${weighs}s is not known.`;
  const does =
    basis === "predicted"
      ? `is predicted to ${weighs}${isLeast === true ? " at least" : ""}`
      : `${weighs}s`;
  const difference = formatSize(Math.abs(limitBytes - actualBytes));
  return `The ${what} ${does} ${formatSize(actualBytes)}, ${difference} ${isWithin ? "under" : "over"} it.`;
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
