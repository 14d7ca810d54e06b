import type {
  BudgetSettings,
  CostSettings,
  PlatformLimits,
  RuleSeverities,
  StatedLimits,
} from "../core/analysis.ts";
import { rules, targets } from "../core/analysis.ts";
import { severities } from "../core/views/findings.ts";
import type { SettingPlace } from "./settingValues.ts";
import {
  amount,
  count,
  oneOf,
  placeAt,
  rowsOf,
  size,
  truth,
  valueOf,
  words,
} from "./settingValues.ts";

/**
 * What the user set under `tare`. The same names, types and defaults stand in package.json (`contributes.configuration`);
 * other editors send the same tree by `workspace/configuration` or `workspace/didChangeConfiguration`.
 */
export interface Settings {
  /** `tare.inlayHints.enabled`, boolean, default true. */
  readonly inlayHintsEnabled: boolean;
  /** `tare.inlayHints.minimumBytes`, size text or number, default `1B`: lines that weigh less get no hint. A line that weighs nothing never gets one. */
  readonly inlayHintsMinimumBytes: number;
  /** `tare.codeLens.enabled`, boolean, default false. */
  readonly codeLensEnabled: boolean;
  /** `tare.budget`, size text such as `10MB`, default "" for none. A directive in the Dockerfile wins. */
  readonly budgetBytes: number | undefined;
  /** `tare.transferBudget`, size text, default "" for none. A directive in the Dockerfile wins. */
  readonly transferBudgetBytes: number | undefined;
  /** `tare.target`, name of a target such as `micro`, default "" for none: states the limits that are not set. A directive in the Dockerfile wins. */
  readonly target: string | undefined;
  /** `tare.maxLayers`, number, default 0 for none. A directive in the Dockerfile wins. */
  readonly maxLayers: number | undefined;
  /** `tare.platformBudgets`, object, default {}: platform → `{ budget, transferBudget, maxLayers, target }`, each written as the setting of that name and in its place for images of that platform. */
  readonly platformBudgets: readonly PlatformLimits[];
  /** What weight costs; a number that is 0 is not set. */
  readonly cost: {
    /** `tare.cost.bandwidth`, number, Mbit/s, default 0. */
    readonly bandwidthMbits?: number;
    /** `tare.cost.storagePrice`, number for one GB and month, default 0. */
    readonly storagePricePerGb?: number;
    /** `tare.cost.transferPrice`, number for one GB, default 0. */
    readonly transferPricePerGb?: number;
    /** `tare.cost.pulls`, number in a month, default 0. */
    readonly pullsPerMonth?: number;
    /** `tare.cost.currency`, string, default "". */
    readonly currency?: string;
  };
  /** `tare.rules`, object, default {}: code of a rule → `error`, `warning`, `information`, `hint` or `off`. */
  readonly rules: RuleSeverities;
  /** `tare.images`, object, default {}: glob of a Dockerfile's path relative to the workspace folder → image reference. The first match wins. */
  readonly images: readonly (readonly [glob: string, reference: string])[];
  /** `tare.matchByHistory`, boolean, default true: look among the engine's images for the one that was built from a Dockerfile. */
  readonly matchByHistory: boolean;
  /** `tare.history`, boolean, default true: remember what builds of a Dockerfile weighed, on this machine. */
  readonly historyEnabled: boolean;
  /** `tare.engine.enabled`, boolean, default true: false never talks to a container engine. */
  readonly engineEnabled: boolean;
  /** `tare.engine.endpoint`, string, default "" to look in the usual places: `unix:///run/user/1000/podman/podman.sock`, `tcp://127.0.0.1:2375`. */
  readonly engineEndpoint: string | undefined;
  /** `tare.registry`, boolean, default false: ask registries for the compressed size of base images. */
  readonly registryEnabled: boolean;
  /** `tare.context`, string, default "" for the Dockerfile's folder: the folder that builds send, relative to the workspace folder. A directive in the Dockerfile and a compose file win. */
  readonly contextFolder: string | undefined;
  /** `tare.platform`, string, default "" for the platform of this machine: `linux/arm64`. */
  readonly platform: string | undefined;
  /** `tare.cache.maximumBytes`, size text or number, default `1GB`: how large the folder of layer indexes may grow. 0 keeps none. */
  readonly cacheMaximumBytes: number;
  /** `tare.limits.entries`, number, default 5000000: most files of one layer. */
  readonly limitEntries: number;
  /** `tare.limits.layerBytes`, size text or number, default `64GB`: most bytes one layer may unpack to. */
  readonly limitLayerBytes: number;
}

/** What holds where the user set nothing. */
export const defaultSettings: Settings = {
  inlayHintsEnabled: true,
  inlayHintsMinimumBytes: 1,
  codeLensEnabled: false,
  budgetBytes: undefined,
  transferBudgetBytes: undefined,
  target: undefined,
  maxLayers: undefined,
  platformBudgets: [],
  cost: {},
  rules: {},
  images: [],
  matchByHistory: true,
  historyEnabled: true,
  engineEnabled: true,
  engineEndpoint: undefined,
  registryEnabled: false,
  contextFolder: undefined,
  platform: undefined,
  cacheMaximumBytes: 1e9,
  limitEntries: 5_000_000,
  limitLayerBytes: 64e9,
};

/** Settings as they hold, and what of them could not be understood. */
export interface ParsedSettings {
  readonly value: Settings;
  /** One sentence each, none twice; empty when everything was understood. */
  readonly problems: readonly string[];
}

/** The settings in a client's answer for the section `tare`. Whatever is missing or of the wrong kind takes its default: settings are typed by hand. */
export function parseSettings(section: unknown): ParsedSettings {
  const problems = new Set<string>();
  const tare = { name: "tare", value: section, note: (problem: string) => problems.add(problem) };
  const value = settingsIn((path) => placeAt(tare, path));
  return { value, problems: [...problems] };
}

function settingsIn(at: (path: string) => SettingPlace): Settings {
  const fallback = defaultSettings;
  const { inlayHintsMinimumBytes, cacheMaximumBytes, limitEntries, limitLayerBytes } = fallback;
  const { budgetBytes, transferBudgetBytes, target, maxLayers } = statedIn(at);
  return {
    inlayHintsEnabled: valueOf(at("inlayHints.enabled"), truth, fallback.inlayHintsEnabled),
    inlayHintsMinimumBytes: valueOf(at("inlayHints.minimumBytes"), size, inlayHintsMinimumBytes),
    codeLensEnabled: valueOf(at("codeLens.enabled"), truth, fallback.codeLensEnabled),
    budgetBytes,
    transferBudgetBytes,
    target,
    maxLayers,
    platformBudgets: platformBudgetsIn(at("platformBudgets")),
    cost: costIn(at),
    rules: severitiesIn(at("rules")),
    images: imagesIn(at("images")),
    matchByHistory: valueOf(at("matchByHistory"), truth, fallback.matchByHistory),
    historyEnabled: valueOf(at("history"), truth, fallback.historyEnabled),
    engineEnabled: valueOf(at("engine.enabled"), truth, fallback.engineEnabled),
    engineEndpoint: valueOf(at("engine.endpoint"), words, undefined),
    registryEnabled: valueOf(at("registry"), truth, fallback.registryEnabled),
    contextFolder: valueOf(at("context"), words, undefined),
    platform: valueOf(at("platform"), words, undefined),
    cacheMaximumBytes: valueOf(at("cache.maximumBytes"), size, cacheMaximumBytes),
    limitEntries: valueOf(at("limits.entries"), count, limitEntries),
    limitLayerBytes: valueOf(at("limits.layerBytes"), size, limitLayerBytes),
  };
}

/** The limits among the settings. */
export function budgetsIn({
  budgetBytes,
  transferBudgetBytes,
  maxLayers,
  target,
  platformBudgets,
}: Settings): BudgetSettings {
  return {
    ...(budgetBytes === undefined ? {} : { budgetBytes }),
    ...(transferBudgetBytes === undefined ? {} : { transferBudgetBytes }),
    ...(maxLayers === undefined ? {} : { maxLayers }),
    ...(target === undefined ? {} : { target }),
    platforms: platformBudgets,
  };
}

function platformBudgetsIn(place: SettingPlace): readonly PlatformLimits[] {
  return rowsOf(place).map(([platform, row]) => ({
    platform: platform.trim(),
    ...statedIn((path) => placeAt(row, path)),
  }));
}

const targetName = oneOf(targets.map(({ name }) => name));

function statedIn(at: (path: string) => SettingPlace): StatedLimits {
  const budgetBytes = valueOf(at("budget"), size, undefined);
  const transferBudgetBytes = valueOf(at("transferBudget"), size, undefined);
  const maxLayers = valueOf(at("maxLayers"), count, undefined) ?? 0;
  const target = valueOf(at("target"), targetName, undefined);
  return {
    ...(budgetBytes === undefined ? {} : { budgetBytes }),
    ...(transferBudgetBytes === undefined ? {} : { transferBudgetBytes }),
    ...(maxLayers === 0 ? {} : { maxLayers }),
    ...(target === undefined ? {} : { target }),
  };
}

function costIn(at: (path: string) => SettingPlace): CostSettings {
  const currency = valueOf(at("cost.currency"), words, undefined);
  return {
    ...amountIn(at("cost.bandwidth"), "bandwidthMbits"),
    ...amountIn(at("cost.storagePrice"), "storagePricePerGb"),
    ...amountIn(at("cost.transferPrice"), "transferPricePerGb"),
    ...amountIn(at("cost.pulls"), "pullsPerMonth"),
    ...(currency === undefined ? {} : { currency }),
  };
}

/** Nothing for 0, which stands for "not set". */
function amountIn(place: SettingPlace, key: keyof CostSettings): CostSettings {
  const value = valueOf(place, amount, undefined) ?? 0;
  return value === 0 ? {} : { [key]: value };
}

function imagesIn(place: SettingPlace): readonly (readonly [string, string])[] {
  return rowsOf(place).flatMap(([glob, row]) => {
    const reference = valueOf(row, words, undefined);
    return reference === undefined ? [] : [[glob, reference] as const];
  });
}

const severityWord = oneOf([...severities, "off" as const]);

function severitiesIn(place: SettingPlace): RuleSeverities {
  return Object.fromEntries(
    rowsOf(place).flatMap(([code, row]) => {
      const isRule = rules.some((rule) => rule.code === code);
      if (!isRule) row.note(`${row.name} changes nothing: Tare has no rule of that name.`);
      const severity = valueOf(row, severityWord, undefined);
      return severity === undefined ? [] : [[code, severity]];
    }),
  );
}
