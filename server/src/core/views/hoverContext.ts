import type { Analysis, ContextKnowledge } from "../analysis.ts";
import type { ContextBytes } from "../context/contextBytes.ts";
import { describeContextUnknown, type ContextUnknown } from "../context/contextUnknown.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { counted } from "../text/counted.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import type { CardPart, Fact } from "./hoverCard.ts";
import { weightOf } from "./totals.ts";

type KnownBytes = Extract<ContextBytes, { readonly kind: "known" }>;

/**
 * What COPY or ADD takes from the build context now, or why that cannot be said. Undefined for lines that take nothing from it, until it is
 * read, and where the image has just these bytes.
 */
export function contextPart(analysis: Analysis, { index }: Instruction): CardPart | undefined {
  const bytes = analysis.forecast.lines[index]?.context;
  const instruction = analysis.dockerfile.instructions[index];
  if (bytes === undefined || instruction === undefined) return undefined;
  const measuredBytes = measuredBytesOf(analysis, instruction);
  if (bytes.kind === "known") {
    const isToldByImage =
      measuredBytes !== undefined &&
      (measuredBytes === bytes.contentBytes || analysis.image?.state !== "read");
    return isToldByImage ? undefined : countedPart(bytes, analysis.contextKnowledge);
  }
  const reason = describeContextUnknown(bytes.unknown);
  if (measuredBytes !== undefined || reason === undefined) return undefined;
  const knowledge = isOfContext(bytes.unknown) ? analysis.contextKnowledge : undefined;
  return {
    title: "Size not known",
    facts: folderFact(knowledge),
    lists: [],
    notes: [reason, ...elsewhereOrSource(analysis, knowledge)],
    isInTree: false,
  };
}

/** Undefined for a line that changed since the build, too. */
function measuredBytesOf(analysis: Analysis, instruction: Instruction): number | undefined {
  const weight = weightOf(analysis, instruction);
  return weight?.basis === "measured" ? weight.contentBytes : undefined;
}

function countedPart(
  { contentBytes, fileCount, heaviest }: KnownBytes,
  knowledge: ContextKnowledge | undefined,
): CardPart {
  const files = counted(fileCount, "file");
  const rows = heaviest.map((place) => ({
    text: formatSize(place.contentBytes),
    path: place.isFolder ? `${place.path}/` : place.path,
  }));
  return {
    title: `${formatSize(contentBytes)} from the build context`,
    facts: [
      { label: "Next build", value: `${formatExactBytes(contentBytes)} in ${files}` },
      ...folderFact(knowledge),
    ],
    lists: rows.length === 0 ? [] : [{ heading: "Largest in the build context", rows }],
    notes: [
      "Counted from the files as they are now, not measured in a build.",
      ...(knowledge === undefined ? [] : sourceNote(knowledge)),
    ],
    isInTree: false,
  };
}

/** Whether another folder could be the answer. */
function isOfContext({ code }: ContextUnknown): boolean {
  return code === "not-found" || code === "not-listed";
}

function folderFact(knowledge: ContextKnowledge | undefined): readonly Fact[] {
  return knowledge === undefined
    ? []
    : [{ label: "Build context", value: knowledge.folder, isCode: true }];
}

function elsewhereOrSource(
  { forecast }: Analysis,
  knowledge: ContextKnowledge | undefined,
): readonly string[] {
  if (forecast.isContextElsewhere) {
    return ["Builds seem to start in another folder: name it with # tare: context=FOLDER."];
  }
  return knowledge === undefined ? [] : sourceNote(knowledge);
}

/** How the context is known to be this folder, where that is not certain. */
function sourceNote({ source, others }: ContextKnowledge): readonly string[] {
  if (source === "dockerfile") {
    return [
      "Nothing names the build context, so it is taken to be the Dockerfile's folder: # tare: context=FOLDER names another.",
    ];
  }
  return others.length === 0
    ? []
    : [
        "The compose file names several build contexts for this Dockerfile, and this is the first: # tare: context=FOLDER settles it.",
      ];
}
