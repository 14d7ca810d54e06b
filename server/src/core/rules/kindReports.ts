import type { Instruction } from "../dockerfile/syntax.ts";
import type { ReadImage } from "../image/image.ts";
import { appendedFix, toShellPaths } from "./appendedFix.ts";
import type { RuleContext } from "./context.ts";
import type { FileKind } from "./fileKindNames.ts";
import { type KindWeight, weighKinds, weightIn } from "./fileKinds.ts";
import type { Fix, Report, Saving } from "./rule.ts";

/** An instruction that brought enough files of a kind to speak of. */
export interface KindFinding {
  readonly instruction: Instruction;
  readonly weight: KindWeight;
  readonly saving: Saving;
}

/** Reports on shipped RUN, COPY and ADD whose layers hold files of the kind that are worth an edit; nothing without a read image. */
export function* reportKind(
  context: RuleContext,
  kind: FileKind,
  report: (found: KindFinding) => Report | undefined,
): Iterable<Report | undefined> {
  const { read, memory, shipped } = context;
  if (read === undefined) return;
  const weights = yield* weighKinds(read, memory);
  for (const instruction of shipped) {
    if (!bringsFiles.has(instruction.keyword)) continue;
    const layers = context.measuredLayers(instruction);
    if (layers === undefined || layers.length === 0) continue;
    const weight = weightIn(weights, layers, kind);
    // What later layers hide is another rule's matter, though a fix takes it off too.
    if (weight.shownBytes === 0 || weight.shownBytes < leastBytesOf(read)) continue;
    yield report({ instruction, weight, saving: { bytes: weight.bytes, basis: "measured" } });
  }
}

/** The report on an instruction's keyword. */
export function toReport(
  { instruction, saving }: KindFinding,
  message: string,
  fixes: readonly Fix[],
): Report {
  const { keywordSpan: span, index } = instruction;
  return { span, instruction: index, message, saving, fixes, related: [] };
}

/** What `find` is to delete. */
export interface FindFix {
  readonly title: string;
  /** Below which it searches. */
  readonly paths: readonly string[];
  /** Its tests and its action: they must hit the files of the kind there, and no others. POSIX: not every `find` knows `-delete`. */
  readonly expression: string;
}

/** A fix that searches and deletes at the end of the same RUN; none where that cannot be written, or is no RUN. */
export function findFix(
  context: RuleContext,
  { instruction, saving }: KindFinding,
  { title, paths, expression }: FindFix,
): readonly Fix[] {
  const places = toShellPaths(paths);
  if (places === undefined) return [];
  return appendedFix(context, instruction, {
    title,
    command: `find ${places} ${expression}`,
    saving,
  });
}

/** Bytes below which nothing is said: 100 kB, or 1 % of a smaller image. */
export function leastBytesOf({ layerContentBytes }: ReadImage): number {
  return Math.min(100_000, layerContentBytes / 100);
}

const bringsFiles: ReadonlySet<string> = new Set(["RUN", "COPY", "ADD"]);
