import type {
  BudgetSettings,
  CostSettings,
  PlatformLimits,
  RuleSeverities,
  StatedLimits,
} from "../core/analysis.ts";
import { parseSize } from "../core/analysis.ts";
import { severities } from "../core/views/findings.ts";

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

/** The settings in a client's answer for the section `tare`. Whatever is missing or of the wrong type takes its default: settings are typed by hand. */
export function parseSettings(section: unknown): Settings {
  const fallback = defaultSettings;
  return {
    inlayHintsEnabled: booleanAt(section, "inlayHints.enabled") ?? fallback.inlayHintsEnabled,
    inlayHintsMinimumBytes:
      bytesAt(section, "inlayHints.minimumBytes") ?? fallback.inlayHintsMinimumBytes,
    codeLensEnabled: booleanAt(section, "codeLens.enabled") ?? fallback.codeLensEnabled,
    budgetBytes: bytesAt(section, "budget"),
    transferBudgetBytes: bytesAt(section, "transferBudget"),
    target: textAt(section, "target"),
    maxLayers: statedAt(section).maxLayers,
    platformBudgets: platformBudgetsAt(section),
    cost: costAt(section),
    rules: severitiesAt(section, "rules"),
    images: pairsAt(section, "images"),
    matchByHistory: booleanAt(section, "matchByHistory") ?? fallback.matchByHistory,
    historyEnabled: booleanAt(section, "history") ?? fallback.historyEnabled,
    engineEnabled: booleanAt(section, "engine.enabled") ?? fallback.engineEnabled,
    engineEndpoint: textAt(section, "engine.endpoint"),
    registryEnabled: booleanAt(section, "registry") ?? fallback.registryEnabled,
    contextFolder: textAt(section, "context"),
    platform: textAt(section, "platform"),
    cacheMaximumBytes: bytesAt(section, "cache.maximumBytes") ?? fallback.cacheMaximumBytes,
    limitEntries: countAt(section, "limits.entries") ?? fallback.limitEntries,
    limitLayerBytes: bytesAt(section, "limits.layerBytes") ?? fallback.limitLayerBytes,
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

/** The value at a dotted path; clients send nested objects, some the dotted key itself. */
function valueAt(section: unknown, path: string): unknown {
  if (typeof section !== "object" || section === null) return undefined;
  const direct: unknown = Reflect.get(section, path);
  const dot = path.indexOf(".");
  if (direct !== undefined || dot === -1) return direct;
  return valueAt(Reflect.get(section, path.slice(0, dot)), path.slice(dot + 1));
}

function booleanAt(section: unknown, path: string): boolean | undefined {
  const value = valueAt(section, path);
  return typeof value === "boolean" ? value : undefined;
}

/** Trimmed; undefined for an empty text, which stands for "not set". */
function textAt(section: unknown, path: string): string | undefined {
  const value = valueAt(section, path);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function countAt(section: unknown, path: string): number | undefined {
  const value = valueAt(section, path);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function platformBudgetsAt(section: unknown): readonly PlatformLimits[] {
  const value = valueAt(section, "platformBudgets");
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).map(([platform, stated]: [string, unknown]) => ({
    platform: platform.trim(),
    ...statedAt(stated),
  }));
}

function statedAt(section: unknown): StatedLimits {
  const budgetBytes = bytesAt(section, "budget");
  const transferBudgetBytes = bytesAt(section, "transferBudget");
  const maxLayers = countAt(section, "maxLayers") ?? 0;
  const target = textAt(section, "target");
  return {
    ...(budgetBytes === undefined ? {} : { budgetBytes }),
    ...(transferBudgetBytes === undefined ? {} : { transferBudgetBytes }),
    ...(maxLayers === 0 ? {} : { maxLayers }),
    ...(target === undefined ? {} : { target }),
  };
}

function costAt(section: unknown): CostSettings {
  const currency = textAt(section, "cost.currency");
  return {
    ...amountAt(section, "cost.bandwidth", "bandwidthMbits"),
    ...amountAt(section, "cost.storagePrice", "storagePricePerGb"),
    ...amountAt(section, "cost.transferPrice", "transferPricePerGb"),
    ...amountAt(section, "cost.pulls", "pullsPerMonth"),
    ...(currency === undefined ? {} : { currency }),
  };
}

/** Nothing for 0, which stands for "not set". */
function amountAt(section: unknown, path: string, key: keyof CostSettings): CostSettings {
  const value = valueAt(section, path);
  const isAmount = typeof value === "number" && Number.isFinite(value) && value > 0;
  return isAmount ? { [key]: value } : {};
}

function bytesAt(section: unknown, path: string): number | undefined {
  const value = textAt(section, path);
  return value === undefined ? countAt(section, path) : parseSize(value);
}

function pairsAt(section: unknown, path: string): readonly (readonly [string, string])[] {
  const value = valueAt(section, path);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([glob, reference]: [string, unknown]) =>
    typeof reference === "string" && reference.trim() !== ""
      ? [[glob, reference.trim()] as const]
      : [],
  );
}

function severitiesAt(section: unknown, path: string): RuleSeverities {
  return Object.fromEntries(
    pairsAt(section, path).flatMap(([code, word]) => {
      const severity = [...severities, "off" as const].find((known) => known === word);
      return severity === undefined ? [] : [[code, severity]];
    }),
  );
}
