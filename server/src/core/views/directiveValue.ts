import type { Analysis } from "../analysis.ts";
import { findTarget } from "../bases/targets.ts";
import type { Target } from "../bases/targets.ts";
import type { BudgetVerdict } from "../budget/budget.ts";
import { budgetedStage, limitedPlatform } from "../dockerfile/directiveScope.ts";
import type { Dockerfile, TareDirective, TareSetting } from "../dockerfile/syntax.ts";
import { ignoredRules } from "../rules/ignoring.ts";
import { rules } from "../rules/registry.ts";
import { formatSize, parseSize } from "../text/size.ts";
import type { Span } from "../text/span.ts";
import { touches } from "../text/span.ts";
import type { DirectiveKey } from "./directiveHelp.ts";
import { sizeWithExact } from "./totals.ts";

/** What is said of the values of limits. */
export type DirectiveVerdicts = Pick<Analysis, "dockerfile" | "budgets" | "layerBudget">;

/** What the value of a setting stands for and what it is held against now; undefined for values that only name something. */
export function directiveValueAt(
  analysis: DirectiveVerdicts,
  setting: TareSetting,
  offset: number,
): { readonly span: Span; readonly help: DirectiveKey } | undefined {
  if (setting.key === "ignore") return ruleAt(setting, offset);
  const meaning = limitMeaning(setting, analysis);
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

function limitMeaning(setting: TareSetting, analysis: DirectiveVerdicts): string | undefined {
  const { key, value } = setting;
  const platform = platformOf(analysis.dockerfile, setting);
  if (key === "max-layers") return layerMeaning(setting, analysis.layerBudget, platform);
  const verdicts = verdictsFor(analysis, setting, platform).map(verdictSentence);
  const now = [...onlyFor(platform), ...verdicts].join(" ");
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
  { dockerfile, budgets }: DirectiveVerdicts,
  setting: TareSetting,
  platform: string | undefined,
): readonly BudgetVerdict[] {
  const { key, value } = setting;
  const directive = directiveOf(dockerfile, setting);
  const stage = directive && budgetedStage(dockerfile, directive, key);
  return budgets
    .filter((verdict) => verdict.stage === stage && verdict.platform === platform)
    .filter(({ target, name, limitBytes }) =>
      key === "target"
        ? target === value
        : target === undefined && name === key && limitBytes === parseSize(value),
    );
}

function directiveOf(
  { directives }: Dockerfile,
  { keySpan }: TareSetting,
): TareDirective | undefined {
  return directives.find(({ settings }) =>
    settings.some((one) => one.keySpan.start === keySpan.start),
  );
}

function platformOf(dockerfile: Dockerfile, setting: TareSetting): string | undefined {
  const directive = directiveOf(dockerfile, setting);
  return directive && limitedPlatform(directive);
}

function onlyFor(platform: string | undefined): readonly string[] {
  return platform === undefined ? [] : [`Only for images of ${platform}.`];
}

function layerMeaning(
  { value }: TareSetting,
  verdict: DirectiveVerdicts["layerBudget"],
  platform: string | undefined,
): string {
  const isThis = verdict?.mostLayers === Number(value) && verdict.platform === platform;
  return [
    `${value} layer${value === "1" ? "" : "s"}, those of the base included.`,
    ...onlyFor(platform),
    ...(isThis ? [layerSentence(verdict)] : []),
  ].join(" ");
}

function layerSentence({
  actualLayers,
  mostLayers,
  basis,
}: NonNullable<DirectiveVerdicts["layerBudget"]>): string {
  if (actualLayers === undefined) return "How many the image has is not known.";
  const difference = Math.abs(mostLayers - actualLayers);
  const side = actualLayers > mostLayers ? "over" : "under";
  return basis === "predicted"
    ? `The image is predicted to have ${actualLayers} or more, ${difference} ${side} it.`
    : `The image has ${actualLayers}, ${difference} ${side} it.`;
}

function verdictSentence(verdict: BudgetVerdict): string {
  const { name, stage, actualBytes, limitBytes, isWithin, isLeast, basis } = verdict;
  const what = stage === undefined ? "image" : "stage";
  const weighs = name === "budget" ? "weigh" : "send";
  if (actualBytes === undefined) {
    const why = name === "budget" ? "" : ": that takes a built image with compressed layers";
    return `What the ${what} ${weighs}s is not known${why}.`;
  }
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
