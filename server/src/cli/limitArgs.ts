import type { BudgetSettings, StatedLimits } from "../core/analysis.ts";
import { findTarget, parseSize, targets } from "../core/analysis.ts";
import { fail, succeed } from "../core/result.ts";
import type { Result } from "../core/result.ts";
import type { ParsedOptions } from "./options.ts";

/** How the value of an option becomes a limit. The error is one sentence. */
const readers: Readonly<Record<string, (text: string) => Result<StatedLimits, string>>> = {
  budget: (text) => whenRead(parseSizeOption(text), (budgetBytes) => ({ budgetBytes })),
  "transfer-budget": (text) =>
    whenRead(parseSizeOption(text), (transferBudgetBytes) => ({ transferBudgetBytes })),
  "max-layers": (text) => whenRead(parseLayers(text), (maxLayers) => ({ maxLayers })),
  target: (text) => whenRead(parseTarget(text), (target) => ({ target })),
};

/** `linux/arm64=8MB`: a limit for images of one platform. */
const forPlatform = /^([a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?)=(.*)$/;

/** The limits that were set, for all platforms and for single ones; of a repeated option the last for each counts. The error is one sentence. */
export function limitsOf(parsed: ParsedOptions): Result<BudgetSettings, string> {
  let general: StatedLimits = {};
  const platforms = new Map<string, StatedLimits>();
  for (const [option, read] of Object.entries(readers)) {
    for (const text of parsed.values.get(option) ?? []) {
      const [, platform, limited] = forPlatform.exec(text) ?? [];
      const limit = read(limited ?? text);
      if (!limit.ok) return limit;
      if (platform === undefined) general = { ...general, ...limit.value };
      else platforms.set(platform, { ...platforms.get(platform), ...limit.value });
    }
  }
  if (platforms.size === 0) return succeed(general);
  const rows = Array.from(platforms, ([platform, limits]) => ({ platform, ...limits }));
  return succeed({ ...general, platforms: rows });
}

/** Bytes of a size as it is typed. */
export function parseSizeOption(text: string): Result<number, string> {
  const bytes = parseSize(text);
  return bytes === undefined
    ? fail(`“${text}” is not a size: write it like 10MB, 1.5MiB or 812B.`)
    : succeed(bytes);
}

function parseLayers(text: string): Result<number, string> {
  return /^[1-9]\d{0,5}$/.test(text)
    ? succeed(Number(text))
    : fail(`“${text}” is not a number of layers: write it like 12.`);
}

function parseTarget(name: string): Result<string, string> {
  if (findTarget(name) !== undefined) return succeed(name);
  const names = targets.map((target) => target.name);
  return fail(`There is no target “${name}”: write one of ${names.join(", ")}.`);
}

function whenRead<T>(
  result: Result<T, string>,
  toLimit: (value: T) => StatedLimits,
): Result<StatedLimits, string> {
  return result.ok ? succeed(toLimit(result.value)) : result;
}
