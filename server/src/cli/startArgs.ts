import { fail, succeed } from "../core/result.ts";
import type { Result } from "../core/result.ts";
import type { ParsedOptions } from "./options.ts";
import { lastValue } from "./options.ts";

/** What `tare start` was asked to do. */
export interface StartArguments {
  readonly kind: "start";
  /** Images of the engine, at least one. */
  readonly images: readonly string[];
  /** Starts of each. */
  readonly runs: number;
  readonly json: boolean;
}

const defaultRuns = "5";

/** The error is one sentence. Archives are not taken: nothing is loaded into the engine. */
export function toStart(parsed: ParsedOptions): Result<StartArguments, string> {
  const { positionals: images } = parsed;
  if (images.length === 0) return fail("Name an image: `tare start IMAGE`.");
  const archive = images.find((image) => /^(?:docker-archive|oci):/.test(image));
  if (archive !== undefined) {
    return fail(`Only images of the container engine can be started: load “${archive}” into it.`);
  }
  const runs = lastValue(parsed, "runs") ?? defaultRuns;
  if (!/^[1-9]\d{0,3}$/.test(runs)) {
    return fail(`“${runs}” is not a number of starts: write --runs ${defaultRuns}.`);
  }
  return succeed({ kind: "start", images, runs: Number(runs), json: parsed.values.has("json") });
}
