import { findTarget, targets } from "../bases/targets.ts";
import { budgetedStage, limitedPlatform } from "../dockerfile/directiveScope.ts";
import type { Dockerfile, TareDirective } from "../dockerfile/syntax.ts";
import type { Platform } from "../image/imageConfig.ts";
import type { Problem } from "../result.ts";
import { nearestName } from "../text/nearestName.ts";
import { parseSize } from "../text/size.ts";
import { isOfPlatform } from "./ofPlatform.ts";

/** One limit that holds for the image, or for one stage of the file. */
export interface Limit {
  readonly name: "budget" | "transfer-budget";
  readonly limitBytes: number;
  /** Name of the target that states it; absent for a limit that was written as a size. */
  readonly target?: string;
  /** Index of the stage it holds for; absent for the image. */
  readonly stage?: number;
  /** The only platform it was written for, as written; absent for a limit of all platforms. */
  readonly platform?: string;
}

/** How many layers the image may have. No `Limit`, for what counts layers counts no bytes, and reports hold bytes there. */
export interface LayerLimit {
  /** Above 0. */
  readonly mostLayers: number;
  /** As in `Limit`. */
  readonly platform?: string;
}

/** What one place states: a comment line, the settings, or those of one platform in them. Bytes. */
export interface StatedLimits {
  readonly budgetBytes?: number;
  readonly transferBudgetBytes?: number;
  readonly maxLayers?: number;
  /** Name of a target, which states the limits that are not set beside it. */
  readonly target?: string;
}

/** The same for images of one platform only; `linux/arm64` as written, without a variant for all of its variants. */
export interface PlatformLimits extends StatedLimits {
  readonly platform: string;
}

/** Limits from the settings; directives in the file win, unless `isFirst`. */
export interface BudgetSettings extends StatedLimits {
  /** The settings win over what the file says of the image: they come from a command line. */
  readonly isFirst?: boolean;
  /** Go before those for all platforms; the first that fits and states the limit counts. */
  readonly platforms?: readonly PlatformLimits[];
}

/**
 * The limits that hold for a file: `budget` and `transfer-budget` of the image, then those of stages in their order. What is nearer wins: the
 * file before the settings, unless those are first, there what is said of the image's platform, and there a size before a target. Limits of other platforms do not
 * hold; while the platform is not known no limit of one does.
 */
export function limitsOf(
  dockerfile: Dockerfile,
  settings: BudgetSettings,
  platform: Platform | undefined,
): readonly Limit[] {
  const places = placesOfImage(dockerfile, settings, platform);
  const image = (["budget", "transfer-budget"] as const).flatMap(
    (name) => nearestLimit(places, name) ?? [],
  );
  const stages = [...linesOfStages(dockerfile)].flatMap(([stage, directives]) => {
    const limit = nearestLimit(placesIn({ ...dockerfile, directives }, stage, platform), "budget");
    return limit === undefined ? [] : [{ ...limit, stage }];
  });
  return [...image, ...stages];
}

/** The comment lines that limit a stage, by its index; stages and lines in text order. */
function linesOfStages(dockerfile: Dockerfile): ReadonlyMap<number, readonly TareDirective[]> {
  const found = new Map<number, TareDirective[]>();
  for (const directive of dockerfile.directives) {
    const stage = budgetedStage(dockerfile, directive, "budget");
    if (stage === undefined) continue;
    const lines = found.get(stage);
    if (lines === undefined) found.set(stage, [directive]);
    else lines.push(directive);
  }
  return found;
}

/** How many layers the image may have, found like `limitsOf`; undefined where nobody says. Targets and stages limit no layers. */
export function layerLimitOf(
  dockerfile: Dockerfile,
  settings: BudgetSettings,
  platform: Platform | undefined,
): LayerLimit | undefined {
  const places = placesOfImage(dockerfile, settings, platform);
  return places.flatMap(({ maxLayers, platform: only }) =>
    maxLayers === undefined
      ? []
      : [{ mostLayers: maxLayers, ...(only === undefined ? {} : { platform: only }) }],
  )[0];
}

/** Somewhere limits are stated; without a platform for all of them. */
type Place = StatedLimits & { readonly platform?: string };

/** The comment lines that speak of a stage or, without one, of the image: those of its platform, then all others as one, for the first of a key counts. */
function placesIn(
  dockerfile: Dockerfile,
  stage: number | undefined,
  platform: Platform | undefined,
): readonly Place[] {
  const lines = dockerfile.directives.flatMap((directive) => {
    const only = limitedPlatform(directive);
    const settings = directive.settings.filter(
      ({ key }) => budgetedStage(dockerfile, directive, key) === stage,
    );
    if (only !== undefined && !isOfPlatform(platform, only)) return [];
    return [{ only, settings }];
  });
  const own = lines.flatMap(({ only, settings }) =>
    only === undefined ? [] : [{ ...statedIn(settings), platform: only }],
  );
  const general = lines.filter(({ only }) => only === undefined);
  return [...own, statedIn(general.flatMap(({ settings }) => settings))];
}

/** All that speak of the image, the nearest first. */
function placesOfImage(
  dockerfile: Dockerfile,
  settings: BudgetSettings,
  platform: Platform | undefined,
): readonly Place[] {
  const own = placesIn(dockerfile, undefined, platform);
  const others = placesOf(settings, platform);
  return settings.isFirst === true ? [...others, ...own] : [...own, ...others];
}

function placesOf(settings: BudgetSettings, platform: Platform | undefined): readonly Place[] {
  const { platforms = [] } = settings;
  return [...platforms.filter((one) => isOfPlatform(platform, one.platform)), settings];
}

function statedIn(
  settings: readonly { readonly key: string; readonly value: string }[],
): StatedLimits {
  const firstOf = <T>(name: string, read: (value: string) => T | undefined): T | undefined =>
    settings
      .filter(({ key }) => key === name)
      .map(({ value }) => read(value))
      .find((one) => one !== undefined);
  const budgetBytes = firstOf("budget", parseSize);
  const transferBudgetBytes = firstOf("transfer-budget", parseSize);
  const maxLayers = firstOf("max-layers", Number);
  const target = firstOf("target", String);
  return {
    ...(budgetBytes === undefined ? {} : { budgetBytes }),
    ...(transferBudgetBytes === undefined ? {} : { transferBudgetBytes }),
    ...(maxLayers === undefined ? {} : { maxLayers }),
    ...(target === undefined ? {} : { target }),
  };
}

function nearestLimit(places: readonly Place[], name: Limit["name"]): Limit | undefined {
  for (const place of places) {
    const limit = statedLimit(place, name);
    const { platform } = place;
    if (limit !== undefined) return { ...limit, ...(platform === undefined ? {} : { platform }) };
  }
  return undefined;
}

/** A size before the target that is stated beside it. */
function statedLimit(place: Place, name: Limit["name"]): Limit | undefined {
  const bytesOf = (one: Place | undefined): number | undefined =>
    name === "budget" ? one?.budgetBytes : one?.transferBudgetBytes;
  const { target } = place;
  const written = bytesOf(place);
  if (written !== undefined) return { name, limitBytes: written };
  const limitBytes = target === undefined ? undefined : bytesOf(findTarget(target));
  return limitBytes === undefined || target === undefined
    ? undefined
    : { name, limitBytes, target };
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
