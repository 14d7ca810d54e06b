import type { Analysis } from "../analysis.ts";
import type { CarriedPath, Check, Readiness } from "../scratch/readiness.ts";
import type { Refusal, Rewrite } from "../scratch/rewrite.ts";
import { counted } from "../text/counted.ts";
import { formatSize } from "../text/size.ts";
import { positionsIn } from "../text/position.ts";
import { escapeSteering } from "./reportCells.ts";
import {
  isFromScratch,
  namedOffers,
  proofWords,
  rewriteTitle,
  sizeChange,
  stateWords,
  thingsToKnow,
  verdictSentence,
} from "./scratch.ts";

/** One row of the view "To scratch"; the shape that the protocol sends. */
export interface ScratchRow {
  /** Unique among the rows of one analysis, and the same in the next one that says the same. */
  readonly id: string;
  readonly kind: "verdict" | "offer" | "check" | "refusal" | "caveat" | "file" | "group";
  readonly label: string;
  /** Right of the label: the bytes, or the evidence. */
  readonly description?: string;
  /** Plain text. */
  readonly tooltip?: string;
  /** What a screen reader says. */
  readonly accessibilityLabel: string;
  /** Codicon name. */
  readonly icon: string;
  readonly tone: "good" | "bad" | "open" | "plain";
  /** Zero-based line of the Dockerfile that this row goes to on click. */
  readonly line?: number;
  readonly offerId?: string;
  readonly children: readonly ScratchRow[];
}

/** Files named one by one; more are counted. */
const mostFiles = 50;

/**
 * The way to scratch as rows: the verdict with the size to come, the offers, what was checked, what has to go along, and what cannot be had. Empty
 * without a FROM.
 */
export function scratchRows(analysis: Analysis): readonly ScratchRow[] {
  const { readiness } = analysis;
  if (readiness === undefined) return [];
  const isThere = isFromScratch(analysis);
  return [
    verdictRow(analysis, readiness, isThere),
    ...offerRows(analysis),
    ...checkRows(analysis, readiness),
    ...(isThere ? [] : carriedRows(readiness)),
    ...refusalRows(analysis),
  ];
}

const verdictLooks = {
  ready: { icon: "pass", tone: "good" },
  open: { icon: "question", tone: "open" },
  blocked: { icon: "error", tone: "bad" },
} as const;

function verdictRow(analysis: Analysis, readiness: Readiness, isThere: boolean): ScratchRow {
  const isRead = analysis.image?.state === "read";
  const sentence = isThere
    ? "The final stage starts from scratch already."
    : `${verdictSentence(readiness)}${isRead ? "" : " The built image tells more: its files are not read."}`;
  const best = analysis.rewrites.offers.find(({ target }) => target === "scratch");
  const description = best?.size === undefined ? undefined : sizeChange(best.size);
  const look = isThere ? verdictLooks.ready : verdictLooks[readiness.verdict];
  return {
    id: "verdict",
    kind: "verdict",
    label: isThere ? "From scratch already" : verdictLabels[readiness.verdict],
    ...(description === undefined ? {} : { description }),
    tooltip: sentence,
    accessibilityLabel: [sentence, description].filter((part) => part !== undefined).join(" "),
    ...look,
    ...lineOf(
      positionsIn(analysis.dockerfile.text),
      analysis.dockerfile.stages.at(-1)?.from.keywordSpan,
    ),
    children: [],
  };
}

const verdictLabels: Readonly<Record<Readiness["verdict"], string>> = {
  ready: "Scratch can be had",
  open: "Scratch may do",
  blocked: "Scratch is blocked",
};

function offerRows(analysis: Analysis): readonly ScratchRow[] {
  return namedOffers(analysis).map(({ id, offer }) => ({
    id: `offer/${id}`,
    kind: "offer",
    label: offer.title,
    description: offerDescription(offer),
    tooltip: [rewriteTitle(offer), ...thingsToKnow(offer).map(escapeSteering)].join("\n"),
    accessibilityLabel: `Offer: ${rewriteTitle(offer)}. ${offerDescription(offer)}.`,
    icon: offer.isProven ? "wand" : "lightbulb",
    tone: "plain",
    offerId: id,
    children: thingsToKnow(offer)
      .map(escapeSteering)
      .map((caveat, index) => ({
        id: `offer/${id}/${index}`,
        kind: "caveat",
        label: caveat,
        tooltip: caveat,
        accessibilityLabel: caveat,
        icon: "info",
        tone: "plain",
        children: [],
      })),
  }));
}

function offerDescription(offer: Rewrite): string {
  const { size } = offer;
  return [...(size === undefined ? [] : [sizeChange(size)]), proofWords(offer)].join(" · ");
}

const checkLooks = {
  ok: { icon: "pass", tone: "good" },
  needs: { icon: "package", tone: "plain" },
  blocks: { icon: "error", tone: "bad" },
  unknown: { icon: "question", tone: "open" },
} as const;

function checkRows({ dockerfile }: Analysis, { checks }: Readiness): readonly ScratchRow[] {
  const placeOf = positionsIn(dockerfile.text);
  return checks.map((check, index) => {
    const { kind, state, title, bytes, span } = check;
    const evidence = escapeSteering(check.evidence);
    const size = state === "needs" && bytes !== undefined ? `${formatSize(bytes)} · ` : "";
    return {
      id: `check/${kind}/${index}`,
      kind: "check",
      label: title,
      description: `${size}${evidence}`,
      tooltip: tooltipOf(check, evidence),
      accessibilityLabel: `${title}: ${stateWords[state]}. ${evidence}`,
      ...checkLooks[state],
      ...lineOf(placeOf, span),
      children: [],
    };
  });
}

function tooltipOf({ state, title, bytes }: Check, evidence: string): string {
  const size = bytes === undefined ? "" : `, ${formatSize(bytes)}`;
  return `${title}: ${stateWords[state]}${size}\n${evidence}`;
}

function carriedRows({ carried, carriedBytes }: Readiness): readonly ScratchRow[] {
  if (carried === undefined || carried.length === 0) return [];
  const total = carriedBytes === undefined ? undefined : formatSize(carriedBytes);
  const rest = carried.length - mostFiles;
  return [
    {
      id: "files",
      kind: "group",
      label: "Has to go along",
      ...(total === undefined ? {} : { description: total }),
      accessibilityLabel: `Has to go along: ${counted(carried.length, "path")}${total === undefined ? "" : `, ${total}`}.`,
      icon: "files",
      tone: "plain",
      children: [
        ...carried
          .toSorted((a, b) => b.bytes - a.bytes)
          .slice(0, mostFiles)
          .map(fileRow),
        ...(rest > 0 ? [restRow(rest)] : []),
      ],
    },
  ];
}

function fileRow({ path, isDirectory, bytes, why }: CarriedPath): ScratchRow {
  const shown = escapeSteering(`/${path}${isDirectory ? "/" : ""}`);
  const size = formatSize(bytes);
  return {
    id: `files/${path}`,
    kind: "file",
    label: shown,
    description: size,
    tooltip: `${shown}\n${size}, for ${why}`,
    accessibilityLabel: `${shown}, ${size}, for ${why}.`,
    icon: isDirectory ? "folder" : "file",
    tone: "plain",
    children: [],
  };
}

function restRow(count: number): ScratchRow {
  const label = `${count} more, lighter ones`;
  return {
    id: "files/",
    kind: "file",
    label,
    accessibilityLabel: label,
    icon: "ellipsis",
    tone: "plain",
    children: [],
  };
}

function refusalRows({ rewrites }: Analysis): readonly ScratchRow[] {
  if (rewrites.refusals.length === 0) return [];
  return [
    {
      id: "refusals",
      kind: "group",
      label: "Cannot be had",
      accessibilityLabel: `Cannot be had: ${counted(rewrites.refusals.length, "reason")}.`,
      icon: "circle-slash",
      tone: "plain",
      children: rewrites.refusals.map(refusalRow),
    },
  ];
}

function refusalRow(refusal: Refusal, index: number): ScratchRow {
  const { target } = refusal;
  const reason = escapeSteering(refusal.reason);
  return {
    id: `refusals/${index}`,
    kind: "refusal",
    label: target,
    description: reason,
    tooltip: reason,
    accessibilityLabel: `${target}: ${reason}`,
    icon: "circle-slash",
    tone: "plain",
    children: [],
  };
}

function lineOf(
  placeOf: ReturnType<typeof positionsIn>,
  span: Check["span"],
): Pick<ScratchRow, "line"> {
  return span === undefined ? {} : { line: placeOf(span).start.lineNumber - 1 };
}
