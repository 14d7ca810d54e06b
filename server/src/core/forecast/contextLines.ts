import { buildContextOf, type BuildContext } from "../context/buildContext.ts";
import { plannedBytes, type ContextBytes } from "../context/contextBytes.ts";
import type { ContextUnknown } from "../context/contextUnknown.ts";
import { planCopies, type CopyPlan } from "../context/copyPlan.ts";
import { toFolder } from "../context/folderEntries.ts";
import { ignoreNothing } from "../dockerfile/dockerignore.ts";
import type { Dockerfile } from "../dockerfile/syntax.ts";
import type { Result } from "../result.ts";
import type { ContextKnowledge } from "./knowledge.ts";

/** What the COPY and ADD instructions of a file bring in from the build context. */
export interface ContextLines {
  /** By instruction; those that take nothing from the context, and those whose context nobody has read yet, are not among them. */
  readonly byInstruction: ReadonlyMap<number, ContextBytes>;
  /**
   * True where nobody said which folder builds send, and what the file copies by name does not lie beside it: then they send another
   * one, and nothing is known of any line.
   */
  readonly isElsewhere: boolean;
}

/** Without a context only what stands in heredocs is known. O(entries below the sources of all lines that were not counted before). */
export function contextLines(
  dockerfile: Dockerfile,
  knowledge: ContextKnowledge | undefined,
): ContextLines {
  const found = [...planCopies(dockerfile)].flatMap(([instruction, plan]) => {
    const line = readLine(instruction, plan, knowledge);
    return line === undefined ? [] : [line];
  });
  knowledge?.counts?.settle();
  const named = found.filter(({ namesPaths }) => namesPaths);
  const missing = named.find(({ bytes }) => isMissing(bytes));
  const isElsewhere =
    knowledge?.source === "dockerfile" &&
    missing !== undefined &&
    named.every(({ bytes }) => bytes.kind === "unknown");
  return {
    byInstruction: new Map(
      found.map(({ instruction, takesPaths, bytes }) => [
        instruction,
        isElsewhere && takesPaths ? missing.bytes : bytes,
      ]),
    ),
    isElsewhere,
  };
}

interface Line {
  readonly instruction: number;
  readonly takesPaths: boolean;
  /** Whether a source is a certain file or folder, which a wrong context does not have. */
  readonly namesPaths: boolean;
  readonly bytes: ContextBytes;
}

/** For heredocs, which need none. */
function emptyContext(): BuildContext {
  return buildContextOf({ root: toFolder([], undefined), entryCount: 0 }, ignoreNothing);
}

function readLine(
  instruction: number,
  plan: Result<CopyPlan, ContextUnknown>,
  knowledge: ContextKnowledge | undefined,
): Line | undefined {
  if (!plan.ok && plan.error.code === "incomplete") return undefined;
  const paths = plan.ok
    ? plan.value.sources.flatMap((source) => (source.kind === "path" ? [source.path] : []))
    : [];
  const takesPaths = !plan.ok || paths.length > 0;
  if (plan.ok && takesPaths && knowledge === undefined) return undefined;
  const { context, archives } = knowledge ?? { context: emptyContext(), archives: new Map() };
  const count = (): ContextBytes => plannedBytes(plan, context, { archives });
  return {
    instruction,
    takesPaths,
    namesPaths: paths.some((path) => !/^[./]*$/.test(path) && !/[*?[]/.test(path)),
    bytes: knowledge?.counts?.recall(plan, count) ?? count(),
  };
}

function isMissing(bytes: ContextBytes): boolean {
  return bytes.kind === "unknown" && bytes.unknown.code === "not-found";
}
