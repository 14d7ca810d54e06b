import type { Analysis } from "../analysis.ts";
import type { BudgetVerdict } from "../budget/budget.ts";
import { directiveAround } from "../dockerfile/directiveScope.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { Finding, Severity } from "../rules/rule.ts";
import { counted } from "../text/counted.ts";
import { formatSize } from "../text/size.ts";
import type { Span } from "../text/span.ts";
import { finalFrom } from "./totals.ts";

/** Something to be told at a place of the Dockerfile. The source of every one is `tare`. */
export interface Notice {
  readonly span: Span;
  readonly severity: Severity;
  /** Stable: users filter by it. The code of a rule, or `over-budget`, `over-transfer-budget`, `over-max-layers`, `bad-directive`, `image-unreadable`. */
  readonly code: string;
  readonly message: string;
  /** Another place of the same file that belongs to it. */
  readonly related: readonly { readonly span: Span; readonly message: string }[];
}

/** What else the server knows when it asks for notices. */
export interface NoticeOptions {
  /** Why the image that a directive names cannot be read, one sentence; undefined when it can, or when another source named it. */
  readonly imageTrouble?: string;
  /** In place of the analysis's own, which then are not looked for. */
  readonly findings?: readonly Finding[];
}

/** Bad directives, then budgets that are not kept, then findings. Says nothing about syntax: BuildKit and hadolint do. */
export function noticesOf(analysis: Analysis, options: NoticeOptions = {}): readonly Notice[] {
  return [
    ...badDirectives(analysis),
    ...unreadableImage(analysis, options),
    ...analysis.budgets.flatMap((verdict) => overBudget(analysis, verdict)),
    ...tooManyLayers(analysis),
    ...(options.findings ?? analysis.findings),
  ];
}

function badDirectives({ problems, dockerfile }: Analysis): readonly Notice[] {
  return problems
    .filter(({ span }) => directiveAround(dockerfile, span) !== undefined)
    .map(({ span, message }) => ({
      span,
      severity: "warning",
      code: "bad-directive",
      message,
      related: [],
    }));
}

function unreadableImage(
  { dockerfile }: Analysis,
  { imageTrouble }: NoticeOptions,
): readonly Notice[] {
  const named = dockerfile.directives
    .flatMap(({ settings }) => settings)
    .find(({ key }) => key === "image");
  if (imageTrouble === undefined || named === undefined) return [];
  return [
    {
      span: named.valueSpan,
      severity: "information",
      code: "image-unreadable",
      message: imageTrouble,
      related: [],
    },
  ];
}

/** Codes of the notices about limits. */
export const budgetCodes = ["over-budget", "over-transfer-budget", "over-max-layers"] as const;

const budgetWords = {
  budget: { code: "over-budget", limit: "the budget", weighs: "weighs" },
  "transfer-budget": {
    code: "over-transfer-budget",
    limit: "the transfer budget",
    weighs: "sends",
  },
} as const;

/** One notice at the FROM of what is limited, one at the line that crosses the limit; one only where they are the same line. */
function overBudget(analysis: Analysis, verdict: BudgetVerdict): readonly Notice[] {
  const { actualBytes, limitBytes, isWithin, crossedBy, stage } = verdict;
  const { instructions, stages } = analysis.dockerfile;
  const from = stage === undefined ? finalFrom(analysis) : stages[stage]?.from;
  if (isWithin || actualBytes === undefined || from === undefined) return [];
  const crossing = crossedBy === undefined ? undefined : instructions[crossedBy];
  const { code, limit: named, weighs } = budgetWords[verdict.name];
  const what = stage === undefined ? "image" : "stage";
  const limit = `${named} of ${formatSize(limitBytes)}${whoseLimit(verdict)}`;
  const over = formatSize(actualBytes - limitBytes);
  if (verdict.basis === "predicted") return [overPredicted(verdict, from, crossing)];
  const { severity, past } = ageOf(analysis);
  const whole: Notice = {
    span: from.keywordSpan,
    severity,
    code,
    message: `The ${what} ${weighs} ${formatSize(actualBytes)}, ${over} over ${limit}${past}.`,
    related: relatedTo(crossing, from, `This line crosses ${limit}.`),
  };
  if (crossing === undefined || crossing === from) return [whole];
  return [
    whole,
    {
      span: crossing.keywordSpan,
      severity,
      code,
      message: `This line crosses ${limit}; the ${what} ends ${over} over it.`,
      related: relatedTo(from, crossing, `The ${what} is built from here.`),
    },
  ];
}

/** Without an image: what the known parts will weigh is over the limit already. */
function overPredicted(
  verdict: BudgetVerdict,
  from: Instruction,
  crossing: Instruction | undefined,
): Notice {
  const { limitBytes, actualBytes = 0, name, stage, isLeast } = verdict;
  const { code, limit, weighs } = budgetWords[name];
  const what = stage === undefined ? "image" : "stage";
  const least = isLeast === true ? "at least " : "";
  const over = `${formatSize(actualBytes - limitBytes)} over ${limit} of ${formatSize(limitBytes)}`;
  return {
    span: from.keywordSpan,
    severity: "warning",
    code,
    message: `The ${what} is predicted to ${weighs.replace(/s$/, "")} ${least}${formatSize(actualBytes)}, ${over}${whoseLimit(verdict)}; it is not built yet.`,
    related: relatedTo(crossing, from, "This line crosses it."),
  };
}

/** One notice at the FROM of the image, and one at the line that writes the first layer too many. */
function tooManyLayers(analysis: Analysis): readonly Notice[] {
  const { layerBudget: verdict, dockerfile } = analysis;
  const from = finalFrom(analysis);
  if (verdict?.actualLayers === undefined || verdict.isWithin || from === undefined) return [];
  const { actualLayers, mostLayers, basis, crossedBy } = verdict;
  const crossing = crossedBy === undefined ? undefined : dockerfile.instructions[crossedBy];
  const over = `${actualLayers - mostLayers} over the limit of ${mostLayers}${whoseLimit(verdict)}`;
  const { severity, past } = ageOf(analysis);
  const isAhead = basis === "predicted";
  const notice = {
    severity: isAhead ? "warning" : severity,
    code: "over-max-layers",
  } as const;
  const whole: Notice = {
    ...notice,
    span: from.keywordSpan,
    message: isAhead
      ? `The image is predicted to have ${actualLayers} layers or more, ${over}: one for each RUN, COPY and ADD, and those of its base where they are known; it is not built yet.`
      : `The image has ${counted(actualLayers, "layer")}, ${over}${past}.`,
    related: relatedTo(crossing, from, "This line writes the first layer too many."),
  };
  if (isAhead || crossing === undefined || crossing === from) return [whole];
  return [
    whole,
    {
      ...notice,
      span: crossing.keywordSpan,
      message: `This line writes the first layer over the limit of ${mostLayers}${whoseLimit(verdict)}; the image ends ${actualLayers - mostLayers} over it.`,
      related: relatedTo(from, crossing, "The image is built from here."),
    },
  ];
}

/** ` (target micro, linux/arm64)`: what states a limit, and what alone it holds for. */
function whoseLimit({ target, platform }: Pick<BudgetVerdict, "target" | "platform">): string {
  const parts = [
    ...(target === undefined ? [] : [`target ${target}`]),
    ...(platform === undefined ? [] : [platform]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** An edit may have mended it already: that shows only after the next build. */
function ageOf({ attribution }: Analysis): Pick<Notice, "severity"> & { readonly past: string } {
  return attribution?.instructions.some(({ basis }) => basis === "stale") === true
    ? { severity: "warning", past: " as last built; lines have changed since" }
    : { severity: "error", past: "" };
}

function relatedTo(
  other: Instruction | undefined,
  here: Instruction,
  message: string,
): Notice["related"] {
  return other === undefined || other === here ? [] : [{ span: other.keywordSpan, message }];
}
