import type { CostSettings } from "../core/analysis.ts";
import { fail, succeed } from "../core/result.ts";
import type { Result } from "../core/result.ts";
import type { ParsedOptions } from "./options.ts";
import { costOptions, lastValue } from "./options.ts";

const keys = {
  bandwidth: "bandwidthMbits",
  "storage-price": "storagePricePerGb",
  "transfer-price": "transferPricePerGb",
  pulls: "pullsPerMonth",
} as const;

/** What was set; undefined where no option asks for costs. The error is one sentence. */
export function costOf(parsed: ParsedOptions): Result<CostSettings | undefined, string> {
  if (costOptions.every(({ name }) => !parsed.values.has(name))) return succeed(undefined);
  const settings: { -readonly [K in keyof CostSettings]: CostSettings[K] } = {};
  for (const [option, key] of Object.entries(keys)) {
    const text = lastValue(parsed, option);
    if (text === undefined) continue;
    if (!/^\d+(?:\.\d+)?$/.test(text) || Number(text) === 0) {
      return fail(`“${text}” is not a number above 0: write --${option} 10.`);
    }
    settings[key] = Number(text);
  }
  return parsed.values.has("transfer-price") === parsed.values.has("pulls")
    ? succeed(settings)
    : fail("Sending is reckoned from --transfer-price and --pulls together: write both.");
}
