import type { Severity } from "../core/analysis.ts";
import { fail, succeed } from "../core/result.ts";
import type { Result } from "../core/result.ts";
import { severities } from "../core/views/findings.ts";
import type { ParsedOptions } from "./options.ts";
import { lastValue } from "./options.ts";

/** How an image is read, whichever command reads it. */
export interface ReadingArguments {
  /** Image reference as typed; undefined when the Dockerfile is to name it. */
  readonly image: string | undefined;
  /** `os/architecture[/variant]`. */
  readonly platform: string | undefined;
  readonly isCached: boolean;
}

/** `--format`, or `--json` for it; the first of the formats when neither is given. */
export function formatOf<T extends string>(
  parsed: ParsedOptions,
  formats: readonly (T | "json")[],
): Result<T | "json", string> {
  const written = lastValue(parsed, "format");
  const format = formats.find((known) => known === (written ?? formats[0]));
  if (format === undefined) {
    return fail(`“${written}” is not a format: write one of ${formats.join(", ")}.`);
  }
  const isJson = parsed.values.has("json");
  if (isJson && written !== undefined && format !== "json") {
    return fail(`Choose one format: --json or --format ${format}.`);
  }
  return succeed(isJson ? "json" : format);
}

/** Most rows of each list for people; ten when nothing is said. */
export function topOf(parsed: ParsedOptions): Result<number, string> {
  const top = lastValue(parsed, "top") ?? "10";
  return /^[1-9]\d{0,5}$/.test(top)
    ? succeed(Number(top))
    : fail(`“${top}” is not a number of rows: write --top 10.`);
}

/** How the image is to be read. */
export function readingOf(parsed: ParsedOptions): Result<ReadingArguments, string> {
  const platform = lastValue(parsed, "platform");
  if (platform !== undefined && !/^[a-z0-9]+\/[a-z0-9_]+(\/[a-z0-9.]+)?$/.test(platform)) {
    return fail(`“${platform}” is not a platform: write it like linux/amd64 or linux/arm/v7.`);
  }
  return succeed({
    image: lastValue(parsed, "image"),
    platform,
    isCached: !parsed.values.has("no-cache"),
  });
}

/** The least loud findings that fail the run; undefined when none does. */
export function failOnOf(parsed: ParsedOptions): Result<Severity | undefined, string> {
  const written = lastValue(parsed, "fail-on");
  if (written === undefined) return succeed(undefined);
  const severity = severities.find((known) => known === (written === "any" ? "hint" : written));
  return severity === undefined
    ? fail(`“${written}” is not a level: write one of ${severities.join(", ")}, any.`)
    : succeed(severity);
}
