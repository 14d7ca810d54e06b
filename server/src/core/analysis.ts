import type { BaseFacts } from "./bases/baseFacts.ts";
import type { BaseVariant, VariantTable } from "./bases/baseVariants.ts";
import { baseVariants } from "./bases/baseVariants.ts";
import { isForPlatform } from "./bases/baseSize.ts";
import { describeBase, rootFacts } from "./bases/describeBase.ts";
import type { BaseSwitch } from "./bases/switchBase.ts";
import { switchBase } from "./bases/switchBase.ts";
import { basePlatform } from "./bases/platforms.ts";
import { judgeBudgets } from "./budget/budget.ts";
import type { BudgetVerdict } from "./budget/budget.ts";
import { judgeLayers } from "./budget/layerBudget.ts";
import type { LayerVerdict } from "./budget/layerBudget.ts";
import type { CostSettings } from "./cost/cost.ts";
import { layerLimitOf, unknownTargets } from "./budget/limits.ts";
import type { BudgetSettings } from "./budget/limits.ts";
import type { Dockerfile, Stage } from "./dockerfile/syntax.ts";
import { attributeKnowingBase, rootStage } from "./forecast/builtBase.ts";
import type { Forecast } from "./forecast/forecast.ts";
import { forecastOf } from "./forecast/forecast.ts";
import { judgeForecast } from "./forecast/forecastBudgets.ts";
import type { BaseKnowledge, ContextKnowledge } from "./forecast/knowledge.ts";
import type { BaseContents } from "./image/baseContents.ts";
import type { Image } from "./image/image.ts";
import type { Platform } from "./image/imageConfig.ts";
import { finish, type Piecework, share } from "./image/piecework.ts";
import type { Attribution } from "./join/attribution.ts";
import { type KnownParts, LazyAnalysis } from "./lazyAnalysis.ts";
import type { Problem } from "./result.ts";
import type { RuleContext, RuleSurroundings } from "./rules/context.ts";
import { toRuleContext } from "./rules/context.ts";
import type { RuleSeverities } from "./rules/findings.ts";
import { findFindings } from "./rules/findings.ts";
import { unknownIgnored } from "./rules/ignoring.ts";
import { joinRefactoring } from "./rules/joinRefactoring.ts";
import type { RuleMemory } from "./rules/memory.ts";
import { createRuleMemory } from "./rules/memory.ts";
import { rules } from "./rules/registry.ts";
import type { Finding, Fix } from "./rules/rule.ts";
import { findReadiness } from "./scratch/findReadiness.ts";
import type { Readiness } from "./scratch/readiness.ts";
import type { Rewrites } from "./scratch/rewrite.ts";
import { rewritesFor } from "./scratch/rewrites.ts";
import type { Span } from "./text/span.ts";

export { findTarget, targets } from "./bases/targets.ts";
export { localSizes, registrySizes } from "./bases/baseSize.ts";
export { heldImageId, wantedBases } from "./bases/wantedBases.ts";
export { buildContextInSteps, buildContextOf } from "./context/buildContext.ts";
export { createContextCounts } from "./context/contextCounts.ts";
export { contextDirectiveOf, copiesContext } from "./context/contextWanted.ts";
export { limitKeys } from "./dockerfile/directiveScope.ts";
export { parseDockerignore } from "./dockerfile/dockerignore.ts";
export { parseDockerfile } from "./dockerfile/parse.ts";
export { builtBaseOf } from "./forecast/builtBase.ts";
export { unseenArchivesOf } from "./forecast/unseenArchives.ts";
export { formatPlatform } from "./image/imageConfig.ts";
export { parsePlatform } from "./image/manifest.ts";
export { baseContentsOf } from "./image/baseContents.ts";
export { diffImages } from "./image/diff/imageDiff.ts";
export { describeImageError } from "./image/imageError.ts";
export { parseImageReference } from "./image/reference.ts";
export { matchHistory } from "./join/stageFit.ts";
export { ignoreEdit } from "./rules/ignoring.ts";
export { createRuleMemory } from "./rules/memory.ts";
export { rules } from "./rules/registry.ts";
export { applyEdits } from "./text/edit.ts";
export { nearestName } from "./text/nearestName.ts";
export { formatSize, parseSize } from "./text/size.ts";
export type { BudgetVerdict } from "./budget/budget.ts";
export type { BudgetSettings, PlatformLimits, StatedLimits } from "./budget/limits.ts";
export type { CostSettings } from "./cost/cost.ts";
export type { BaseFacts, BaseFindings } from "./bases/baseFacts.ts";
export type { BaseVariant } from "./bases/baseVariants.ts";
export type { BaseSwitch } from "./bases/switchBase.ts";
export type { ArchiveLook } from "./context/pickSources.ts";
export type { BuildContext } from "./context/buildContext.ts";
export type { Dockerfile, Stage } from "./dockerfile/syntax.ts";
export type { BaseKnowledge, BuiltBase, ContextKnowledge, HeldBase } from "./forecast/knowledge.ts";
export type { ElfMap } from "./image/elfMap.ts";
export type { Image, ImageDescription, ReadImage } from "./image/image.ts";
export type { Platform } from "./image/imageConfig.ts";
export type { ImageError } from "./image/imageError.ts";
export type { StartSeries } from "./image/startRun.ts";
export type { RuleSurroundings } from "./rules/context.ts";
export type { RuleSeverities } from "./rules/findings.ts";
export type { RuleMemory } from "./rules/memory.ts";
export type { Finding, Fix, Severity } from "./rules/rule.ts";
export type { Rewrite, RewriteTarget } from "./scratch/rewrite.ts";

/** What the user set, apart from the Dockerfile's own directives. */
export interface AnalysisSettings extends BudgetSettings {
  /** Prices and speeds; none where absent. */
  readonly cost?: CostSettings;
  /** How loud rules are, or off, by code. */
  readonly rules?: RuleSeverities;
}

/** What else there is beside a Dockerfile and its image. */
export interface AnalysisSurroundings {
  /** Undefined where nobody looked at the files beside the Dockerfile. */
  readonly files?: RuleSurroundings;
  /** Undefined where nobody looked at base images: nothing is said of them then. */
  readonly bases?: BaseKnowledge | undefined;
  /** Undefined until the build context is read, and where it must not be. */
  readonly context?: ContextKnowledge | undefined;
  /** Of the caller, who analyses the same image many times; one is made where there is none. */
  readonly memory?: RuleMemory;
}

/** Everything that is known of one version of a Dockerfile with one snapshot of its image; all views read it. Not to be spread: some parts are not there yet. */
export interface Analysis {
  readonly dockerfile: Dockerfile;
  /** Undefined while no image is known. */
  readonly image: Image | undefined;
  /** Undefined without an image. */
  readonly attribution: Attribution | undefined;
  readonly budgets: readonly BudgetVerdict[];
  /** Undefined where nobody limits layers. */
  readonly layerBudget: LayerVerdict | undefined;
  /** As set. */
  readonly cost: CostSettings;
  /** What the next build will weigh. Made when it is first asked for, or when a budget without an image asks for it. */
  readonly forecast: Forecast;
  /** What the context was counted in; undefined as in the surroundings. */
  readonly contextKnowledge: ContextKnowledge | undefined;
  /** Smaller images that a stage could start from, each with what changing to it would mean. Empty where nobody looked at bases. */
  variantsOf(stage: Stage): StageVariants | undefined;
  /** Bad directives and what the parser could not read, in text order. */
  readonly problems: readonly Problem[];
  /** What the rules report, in text order. Found when it is first asked for: sizes and hovers do not wait for it. */
  readonly findings: readonly Finding[];
  /** The same where all of them were found before; undefined until then. */
  foundFindings(): readonly Finding[] | undefined;
  /** The same in pieces, from where somebody put them aside: with a large image they take a while. */
  findFindings(): Piecework<readonly Finding[]>;
  /** How far the final stage is from `FROM scratch`; undefined without a FROM. Found when it is first asked for. */
  readonly readiness: Readiness | undefined;
  /** Where the final stage can be taken, best first, and where it cannot. Found when it is first asked for. */
  readonly rewrites: Rewrites;
  /** Edits that are offered for a selection without a finding: joining RUN instructions. Best first. */
  refactoringsAt(span: Span): readonly Fix[];
}

/** What a stage could start from. */
export interface StageVariants extends Omit<VariantTable, "variants"> {
  readonly base: BaseFacts;
  /** What was found in the base's own layers; undefined where an engine does not hold it, and where they were never read. */
  readonly contents: BaseContents | undefined;
  readonly variants: readonly (BaseVariant & { readonly change: BaseSwitch })[];
}

/**
 * Joins a Dockerfile with the newest snapshot of its image; total and pure. An empty Dockerfile stands for none. Costs the join, nothing
 * that grows with the image's files, until findings are asked for: keep the result for as long as both are the same.
 */
export function analyse(
  dockerfile: Dockerfile,
  image: Image | undefined,
  settings: AnalysisSettings = {},
  surroundings: AnalysisSurroundings = {},
): Analysis {
  const { bases, context } = surroundings;
  const weighed = weigh(dockerfile, image, settings, surroundings);
  const { attribution, forecast, budgets, layerBudget } = weighed;
  const { files = { isDockerignoreKnown: false }, memory = createRuleMemory() } = surroundings;
  const rulesSee = lazily(() =>
    toRuleContext({ dockerfile, image, attribution, surroundings: files, memory }),
  );
  const findings = share(() => findFindings(rulesSee(), settings.rules));
  const readiness = lazily(() => findReadiness(rulesSee()));
  const rewrites = lazily(() => rewritesOf(rulesSee(), readiness(), bases));
  const known: KnownParts = {
    dockerfile,
    image,
    attribution,
    cost: settings.cost ?? {},
    layerBudget,
    contextKnowledge: context,
    variantsOf: (stage) => variantsOf(dockerfile, stage, bases),
    problems: problemsOf(dockerfile),
    foundFindings: () => findings.made(),
    findFindings: () => findings.carryOn(),
    refactoringsAt: (span) =>
      [joinRefactoring(rulesSee(), span)].filter((fix) => fix !== undefined),
  };
  return new LazyAnalysis(known, {
    budgets,
    findings: () => finish(findings.carryOn()),
    forecast,
    readiness,
    rewrites,
  });
}

/** What is weighed, in the image and before it. */
function weigh(
  dockerfile: Dockerfile,
  image: Image | undefined,
  settings: AnalysisSettings,
  { bases, context }: AnalysisSurroundings,
) {
  const attribution =
    image === undefined ? undefined : attributeKnowingBase(dockerfile, image, bases);
  const forecast = lazily(() => forecastOf({ dockerfile, image, attribution, bases, context }));
  const platform = image?.description.config.platform ?? platformAhead(dockerfile, bases);
  const budgets = lazily(() => {
    const verdicts = judgeBudgets(dockerfile, image, attribution, settings, platform);
    const isAhead = (verdict: BudgetVerdict): boolean =>
      image === undefined || verdict.stage !== undefined;
    if (!verdicts.some(isAhead)) return verdicts;
    const ahead = judgeForecast(verdicts.filter(isAhead), dockerfile, forecast());
    return [...verdicts.filter((verdict) => !isAhead(verdict)), ...ahead];
  });
  const layerLimit = layerLimitOf(dockerfile, settings, platform);
  const built = image && { image, attribution };
  const layerBudget =
    layerLimit && judgeLayers(layerLimit, dockerfile, built, baseLayersOf(dockerfile, bases));
  return { attribution, forecast, budgets, layerBudget };
}

/** What the next build is for; undefined where nobody looked at bases, and where it depends on arguments. */
function platformAhead(
  dockerfile: Dockerfile,
  bases: BaseKnowledge | undefined,
): Platform | undefined {
  const root = rootStage(dockerfile);
  return bases && root && basePlatform(root.platform, bases.world.platforms);
}

function baseLayersOf(
  dockerfile: Dockerfile,
  bases: BaseKnowledge | undefined,
): number | undefined {
  const base = rootStage(dockerfile)?.base;
  if (base?.kind === "scratch") return 0;
  return base?.kind === "image" ? bases?.heldOf(base.name)?.diffIds.length : undefined;
}

function rewritesOf(
  input: RuleContext,
  readiness: Readiness | undefined,
  bases: BaseKnowledge | undefined,
): Rewrites {
  if (readiness === undefined) return { offers: [], refusals: [] };
  return rewritesFor(input, readiness, bases?.world);
}

function variantsOf(
  dockerfile: Dockerfile,
  stage: Stage,
  bases: BaseKnowledge | undefined,
): StageVariants | undefined {
  if (bases === undefined) return undefined;
  const { variants, ...table } = baseVariants(dockerfile, stage, bases.world);
  const base = describeBase(dockerfile, stage, bases.world);
  return {
    ...table,
    base,
    contents: contentsOf(base, bases),
    variants: variants.map((variant) => ({
      ...variant,
      change: switchBase(dockerfile, stage, variant),
    })),
  };
}

/** Of the image that an engine holds, where it is for the platform of the stage. */
function contentsOf(base: BaseFacts, bases: BaseKnowledge): BaseContents | undefined {
  const root = rootFacts(base);
  if (root.kind !== "image" || root.platform === undefined) return undefined;
  const held = bases.heldOf(root.name.text);
  return held && isForPlatform(held.platform, root.platform) ? held.contents : undefined;
}

/** The value, made when it is first asked for. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function problemsOf(dockerfile: Dockerfile): readonly Problem[] {
  const codes = rules.map(({ code }) => code);
  const unknown = [...unknownIgnored(dockerfile, codes), ...unknownTargets(dockerfile)];
  if (unknown.length === 0) return dockerfile.problems;
  return [...dockerfile.problems, ...unknown].sort((a, b) => a.span.start - b.span.start);
}
