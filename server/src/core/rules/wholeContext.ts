import { type Ignore, isIgnored, parseDockerignore } from "../dockerfile/dockerignore.ts";
import { extendDockerignore } from "../dockerfile/dockerignoreEdit.ts";
import { stageChain } from "../dockerfile/stages.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { type TextEdit, applyEdits } from "../text/edit.ts";
import { formatSize } from "../text/size.ts";
import type { RuleContext } from "./context.ts";
import { copiedStage } from "./copiedStage.ts";
import { leastBytesOf } from "./kindReports.ts";
import type { Fix, Report, Rule, Saving } from "./rule.ts";
import { type CopiedAlong, copiedAlong, copiesContext } from "./wholeContext/contextCopy.ts";
import type { Ignorable, IgnorableKind } from "./wholeContext/ignorable.ts";
import { type IsNeeded, createNeeds } from "./wholeContext/neededNames.ts";

/**
 * The whole build context copied with what no image needs. With the image: exactly what the layer holds of it. On text alone only where
 * there is no `.dockerignore` at all.
 */
export const wholeContext: Rule = {
  code: "whole-context",
  title: "The whole build context is copied into the image",
  severity: "warning",
  *check(context) {
    const copies = context.shipped.filter(copiesContext);
    const indirect = context.read === undefined ? [] : copiedThroughStages(context);
    if (copies.length + indirect.length === 0) return;
    const ignore = ignoreOf(context);
    const isCopied = (path: string): boolean => !isIgnored(ignore, path);
    const needs = createNeeds(context);
    for (const instruction of copies) {
      const along = copiedAlong(context, instruction, isCopied);
      const report =
        along === undefined
          ? reportText(context, instruction, needs(instruction))
          : reportMeasured(context, instruction, along, needs(instruction));
      if (report !== undefined) yield report;
    }
    for (const instruction of indirect) {
      const along = copiedAlong(context, instruction, isCopied) ?? [];
      const unmade = along.filter(({ kind }) => neverMade.has(kind));
      const report = reportMeasured(context, instruction, unmade, needs(instruction));
      if (report !== undefined) yield report;
    }
  },
};

/** What no build makes: where a stage has it that copied the whole context, it came with the context. */
const neverMade: ReadonlySet<IgnorableKind> = new Set(["history", "editor", "secret", "tests"]);

/** Shipped lines that take files of a stage which copied the whole context. */
function copiedThroughStages({ dockerfile, shipped }: RuleContext): readonly Instruction[] {
  const stages = new Set(
    dockerfile.stages.filter((stage) =>
      stageChain(dockerfile, stage).some(({ instructions }) => instructions.some(copiesContext)),
    ),
  );
  return shipped.filter((instruction) => {
    const from = copiedStage(dockerfile, instruction);
    return from !== undefined && stages.has(from);
  });
}

function reportMeasured(
  context: RuleContext,
  instruction: Instruction,
  along: readonly CopiedAlong[],
  isNeeded: IsNeeded,
): Report | undefined {
  const found = along.filter((one) => !isNeeded(one));
  const bytes = found.reduce((sum, one) => sum + one.bytes, 0);
  const least = context.read === undefined ? 0 : leastBytesOf(context.read);
  const secrets = found.filter(({ kind }) => kind === "secret");
  if (bytes === 0 || (bytes < least && secrets.length === 0)) return undefined;
  const saving: Saving = { bytes, basis: "measured" };
  const weights = found.slice(0, 4).map((one) => `${quoted(one)} (${formatSize(one.bytes)})`);
  const more = found.length > 4 ? ` and ${found.length - 4} more` : "";
  const warning =
    secrets.length === 0
      ? ""
      : ` ${secrets.map(quoted).join(", ")} may hold secrets: whoever pulls the image can read them.`;
  return {
    span: sourceSpan(instruction),
    instruction: instruction.index,
    message: `${formatSize(bytes)} come along with the build context: ${weights.join(", ")}${more}.${warning}`,
    saving,
    fixes: () =>
      ignoreFix(
        context,
        found.map(({ pattern }) => pattern),
        saving,
      ),
    related: [],
  };
}

/** Without the image: nothing keeps anything out, which is sure only where a `.dockerignore` was looked for. */
function reportText(
  context: RuleContext,
  instruction: Instruction,
  isNeeded: IsNeeded,
): Report | undefined {
  const { dockerignore, isDockerignoreKnown } = context.surroundings;
  if (!isDockerignoreKnown || dockerignore !== undefined) return undefined;
  const patterns = usualIn(context)
    .filter((one) => !isNeeded(one))
    .map(({ pattern }) => pattern);
  return {
    span: sourceSpan(instruction),
    instruction: instruction.index,
    message:
      "The whole build context is copied and no .dockerignore keeps anything out of it: version history, local builds and secrets go into the image where there are any.",
    saving: undefined,
    fixes: () => ignoreFix(context, patterns, undefined),
    related: [],
  };
}

/** What lies in most build contexts. */
function usualIn({ chain }: RuleContext): readonly Ignorable[] {
  const isPython = chain.some(({ base }) => base.kind === "image" && base.name.includes("python"));
  return [
    { kind: "history", pattern: ".git" },
    { kind: "packages", pattern: "node_modules" },
    ...(isPython ? [{ kind: "cache", pattern: "**/__pycache__" } as const] : []),
  ];
}

function quoted({ pattern }: CopiedAlong): string {
  return `\`${pattern}\``;
}

function sourceSpan({ words, keywordSpan }: Instruction): Report["span"] {
  return words[0]?.span ?? keywordSpan;
}

function ignoreOf({ surroundings }: RuleContext): Ignore {
  return parseDockerignore(surroundings.dockerignore ?? "").value;
}

function ignoreFix(
  context: RuleContext,
  patterns: readonly string[],
  saving: Saving | undefined,
): readonly Fix[] {
  const { dockerignore, isDockerignoreKnown } = context.surroundings;
  const addition = extendDockerignore(dockerignore, patterns);
  if (!isDockerignoreKnown || addition === undefined || !ignoreOf(context).isUsable) return [];
  const newText = applyEdits(dockerignore ?? "", [addition]);
  const names = patterns.slice(0, 3).join(", ");
  const more = patterns.length > 3 ? ` and ${patterns.length - 3} more` : "";
  return [
    {
      title: `${dockerignore === undefined ? "Create" : "Extend"} .dockerignore with ${names}${more}`,
      kind: "quickfix",
      isSafe: false,
      edits: [],
      dockerignore: newText,
      saving: saving && withoutIgnoreFile(saving, addition, newText),
    },
  ];
}

/** The file lies in the context too: what is written into it is copied, unless it keeps itself out. */
function withoutIgnoreFile(
  { bytes, basis }: Saving,
  { newText: added }: TextEdit,
  newText: string,
): Saving {
  const isOut = isIgnored(parseDockerignore(newText).value, ".dockerignore");
  const copied = isOut ? 0 : new TextEncoder().encode(added).length;
  return { bytes: Math.max(bytes - copied, 0), basis };
}
