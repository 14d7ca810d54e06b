import { findTarget, targets } from "../bases/targets.ts";
import type { Dockerfile, TareDirective, TareSetting } from "../dockerfile/syntax.ts";
import type { Problem } from "../result.ts";
import { nearestName } from "../text/nearestName.ts";
import { parseSize } from "../text/size.ts";
import { budgetedStage } from "../dockerfile/directiveScope.ts";

/** One limit that holds for the image, or for one stage of the file. */
export interface Limit {
  readonly name: "budget" | "transfer-budget";
  readonly limitBytes: number;
  /** Name of the target that states it; absent for a limit that was written as a size. */
  readonly target?: string;
  /** Index of the stage it holds for; absent for the image. */
  readonly stage?: number;
}

/** Limits from the settings, bytes; directives in the file win. */
export interface BudgetSettings {
  readonly budgetBytes?: number;
  readonly transferBudgetBytes?: number;
  /** Name of a target, which states the limits that are not set beside it. */
  readonly target?: string;
}

/**
 * The limits that hold for a file: `budget` and `transfer-budget` of the image, then those of stages in their order. What is nearer wins: a
 * size in the file, the file's target, a size in the settings, the settings' target.
 */
export function limitsOf(dockerfile: Dockerfile, settings: BudgetSettings): readonly Limit[] {
  const own = settingsIn(dockerfile, undefined);
  const image = (["budget", "transfer-budget"] as const).flatMap(
    (name) => statedLimit(own, name) ?? settingsLimit(settings, name) ?? [],
  );
  const stages = dockerfile.stages.flatMap(({ index }) => {
    const limit = statedLimit(settingsIn(dockerfile, index), "budget");
    return limit === undefined ? [] : [{ ...limit, stage: index }];
  });
  return [...image, ...stages];
}

/** The file without what its directives say of the image under these keys; what they say of stages stays. */
export function withoutLimits(dockerfile: Dockerfile, keys: readonly string[]): Dockerfile {
  const isDropped = (directive: TareDirective, key: string): boolean =>
    keys.includes(key) && budgetedStage(dockerfile, directive, key) === undefined;
  return {
    ...dockerfile,
    directives: dockerfile.directives.map((directive) => ({
      ...directive,
      settings: directive.settings.filter(({ key }) => !isDropped(directive, key)),
    })),
  };
}

function settingsIn(dockerfile: Dockerfile, stage: number | undefined): readonly TareSetting[] {
  return dockerfile.directives.flatMap((directive) =>
    directive.settings.filter(({ key }) => budgetedStage(dockerfile, directive, key) === stage),
  );
}

function statedLimit(settings: readonly TareSetting[], name: Limit["name"]): Limit | undefined {
  const limitBytes = settings
    .filter(({ key }) => key === name)
    .map(({ value }) => parseSize(value))
    .find((bytes) => bytes !== undefined);
  if (limitBytes !== undefined) return { name, limitBytes };
  const target = settings.find(({ key }) => key === "target")?.value;
  return target === undefined ? undefined : targetLimit(target, name);
}

function settingsLimit(settings: BudgetSettings, name: Limit["name"]): Limit | undefined {
  const { budgetBytes, transferBudgetBytes, target } = settings;
  const limitBytes = name === "budget" ? budgetBytes : transferBudgetBytes;
  if (limitBytes !== undefined) return { name, limitBytes };
  return target === undefined ? undefined : targetLimit(target, name);
}

function targetLimit(target: string, name: Limit["name"]): Limit | undefined {
  const { budgetBytes, transferBudgetBytes } = findTarget(target) ?? {};
  const limitBytes = name === "budget" ? budgetBytes : transferBudgetBytes;
  return limitBytes === undefined ? undefined : { name, limitBytes, target };
}

/** Values of `target` that name no target, each with the one that was meant where it is near; in text order. */
export function unknownTargets({ directives }: Dockerfile): readonly Problem[] {
  const names = targets.map(({ name }) => name);
  return directives
    .flatMap(({ settings }) => settings)
    .filter(({ key, value }) => key === "target" && !names.includes(value))
    .map(({ value, valueSpan }) => {
      const near = nearestName(value, names);
      const advice =
        near === undefined ? `the targets are ${names.join(", ")}.` : `did you mean ${near}?`;
      return {
        span: valueSpan,
        message: `Tare has no target "${value}", so this limits nothing: ${advice}`,
      };
    });
}
