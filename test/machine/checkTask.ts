import { runProcess } from "./processes.ts";
import { say } from "./progress.ts";
import { inRoot } from "./place.ts";

const binFolder = inRoot("node_modules/.bin");

/** Types, then lint with the import directions, then format; all three always run. */
export async function check(): Promise<number> {
  const steps: readonly (readonly [what: string, tool: string, ...args: string[]])[] = [
    ["types", "tsc", "-b"],
    ["lint and import directions", "oxlint"],
    ["format", "oxfmt", "--check"],
  ];
  const failed: string[] = [];
  for (const [what, tool, ...args] of steps) {
    if ((await runTool(tool, args)) !== 0) failed.push(what);
  }
  say(failed.length === 0 ? "check: all fine" : `check: wrong in ${failed.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}

/** Rewrites every file in the one format. */
export function format(): Promise<number> {
  return runTool("oxfmt", []);
}

function runTool(tool: string, args: readonly string[]): Promise<number> {
  const suffix = process.platform === "win32" ? ".cmd" : "";
  return runProcess(`${binFolder}/${tool}${suffix}`, args, { timeoutMs: 300_000 });
}
