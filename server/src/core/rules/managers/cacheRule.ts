import type { Instruction } from "../../dockerfile/syntax.ts";
import type { Span } from "../../text/span.ts";
import { formatSize } from "../../text/size.ts";
import type { RuleContext } from "../context.ts";
import type { Fix, Report, Rule } from "../rule.ts";
import { deletedLater } from "../layers/deletedLater.ts";
import { type CacheFile, cacheFixes, isIdleAt } from "./cacheFixes.ts";
import { type CacheSite, createCacheSites } from "./cacheSite.ts";
import { type FileCalls, createFileCalls, runsCalling, shippedRuns } from "./fileCalls.ts";
import type { PackageCache } from "./packageCache.ts";
import type { ToolCall } from "./toolCall.ts";

/**
 * A rule about files that a package manager leaves in the layer of a RUN. With the layer it speaks of the bytes in it, whoever wrote them;
 * on text alone only of calls that surely leave some. Nothing of what a later RUN deletes, of which `removed-later` speaks. One finding for each RUN
 * and cache.
 */
export function cacheRule(
  rule: Pick<Rule, "code" | "title">,
  caches: readonly PackageCache[],
): Rule {
  return {
    ...rule,
    severity: "warning",
    *check(context) {
      for (const cache of caches) {
        const runs = runsToLookAt(context, cache);
        if (runs.length === 0) continue;
        const calls = createFileCalls(
          context,
          cache.tools,
          (call) => cache.needs(call) || cache.renews(call),
        );
        const file = { context, cache, calls, siteAt: createCacheSites(context, cache, calls) };
        let isThere = false;
        for (const run of runs) {
          const report = reportOf(file, run, isThere);
          isThere ||= cache.isIdle !== undefined && file.siteAt(run).isLeft;
          if (report !== undefined) yield report;
        }
      }
    },
  };
}

/** Without layers only RUNs that call the package manager can have left anything. */
function runsToLookAt(context: RuleContext, { tools }: PackageCache): readonly Instruction[] {
  return context.read === undefined ? runsCalling(context, tools) : shippedRuns(context);
}

/** `isThere`: an earlier RUN has left the files, as far as the text says. */
function reportOf(file: CacheFile, run: Instruction, isThere: boolean): Report | undefined {
  const { context, cache, calls } = file;
  const isMeasured = context.measuredLayers(run) !== undefined;
  if (!isMeasured && calls.of(run).length === 0) return undefined;
  const site = file.siteAt(run);
  const { kept } = site;
  if (kept?.bytes === 0) return undefined;
  if (kept === undefined && !isSureByText(cache, site, isThere)) return undefined;
  const needing = neededBy(cache, calls, run);
  const fixes = needing === undefined ? () => cacheFixes(file, site) : noFixes;
  if (isSaidOfRemoval(context, site, fixes)) return undefined;
  const amount =
    kept === undefined ? cache.content : `${formatSize(kept.bytes)} of ${cache.content}`;
  const advice = needing === undefined ? "" : " A later RUN needs them: make both one RUN.";
  return {
    span: spanOf(site),
    instruction: run.index,
    message: `${amount.charAt(0).toUpperCase()}${amount.slice(1)} stay in this layer.${advice}`,
    saving: kept && { bytes: kept.bytes, basis: "measured" },
    fixes,
    related: relatedTo(cache, needing),
  };
}

const noFixes = (): readonly Fix[] => [];

function isSureByText(cache: PackageCache, site: CacheSite, isThere: boolean): boolean {
  const { fillers, isLeft } = site;
  if (isThere && isIdleAt(cache, site)) return false;
  const isSure = (call: ToolCall): boolean =>
    call.command.certainty === "always" && cache.isCertain(call);
  return isLeft && fillers.some(isSure);
}

function relatedTo(cache: PackageCache, needing: ToolCall | undefined): Report["related"] {
  if (needing === undefined) return [];
  return [{ span: needing.command.span, message: `Needs ${cache.content} of an earlier RUN.` }];
}

/** Whether `removed-later` speaks of the same bytes, and can do as much about them. */
function isSaidOfRemoval(
  context: RuleContext,
  { run, places, kept }: CacheSite,
  fixes: () => readonly Fix[],
): boolean {
  const removal = deletedLater(context, { run, places, bytes: kept?.bytes });
  return removal !== undefined && (removal.isFixable() || fixes().length === 0);
}

/** A later call that fails without the files, in this stage or in one that starts from it. */
function neededBy(cache: PackageCache, calls: FileCalls, run: Instruction): ToolCall | undefined {
  return calls.decisiveBehind(run).find((call) => cache.needs(call));
}

/** The first call that fills the cache, up to its verb; else the keyword. */
function spanOf({ run, fillers }: CacheSite): Span {
  const [first] = fillers;
  if (first === undefined) return run.keywordSpan;
  const { nameSpan } = first.command;
  return { start: nameSpan.start, end: Math.max(nameSpan.end, first.operands[0]?.span.end ?? 0) };
}
