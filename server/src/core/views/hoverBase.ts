import type { Analysis, BaseFacts, BaseSwitch, BaseVariant, StageVariants } from "../analysis.ts";
import type { BaseSize, BaseSizes } from "../bases/baseSize.ts";
import { kindAdvice, type BaseTraits } from "../bases/baseTraits.ts";
import { rootFacts } from "../bases/describeBase.ts";
import { describeSizeSource, formatBaseSize } from "../bases/sizeText.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import type { BaseContents } from "../image/baseContents.ts";
import { baseContentsOf } from "../image/baseContents.ts";
import { formatPlatform } from "../image/imageConfig.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import type { CardPart, CardTable, Fact } from "./hoverCard.ts";
import { weightOf } from "./totals.ts";

/** What the stage of a FROM stands on: kind, contents, size with its source, and what it could stand on instead. Undefined where nobody looked. */
export function basePart(analysis: Analysis, from: Instruction): CardPart | undefined {
  const stage = analysis.dockerfile.stages.find((one) => one.from === from);
  const found = stage && analysis.variantsOf(stage);
  if (stage === undefined || found === undefined) return undefined;
  const root = rootFacts(found.base);
  const isShown = root.kind !== "unknown" || stage.base.kind !== "stage";
  if (!isShown) return undefined;
  const table = variantTable(found);
  return {
    title: titleOf(root),
    facts: [
      ...stageFact(analysis, found.base),
      ...(root.kind === "unknown"
        ? []
        : traitFacts(root.traits, foundIn(analysis, from) ?? found.contents)),
      ...(root.kind === "unknown" ? [] : sizeFacts(root.sizes)),
      ...(found.fit === undefined ? [] : [{ label: "For this stage", value: found.fit.advice }]),
    ],
    lists: [],
    tables: table.rows.length === 0 ? [] : [table],
    notes: notesOf(root),
    isInTree: false,
  };
}

type RootFacts = ReturnType<typeof rootFacts>;

function titleOf(root: RootFacts): string {
  if (root.kind === "unknown") return "base not known";
  const name = root.traits?.title ?? (root.kind === "image" ? root.name.text : "");
  if (root.kind === "scratch") return name;
  const size = root.sizes.content ?? root.sizes.transfer;
  return size === undefined
    ? `base of unknown size · ${name}`
    : `base ${formatBaseSize(size)} · ${name}`;
}

function stageFact({ dockerfile }: Analysis, base: BaseFacts): readonly Fact[] {
  if (base.kind !== "stage") return [];
  const parent = dockerfile.stages[base.stage];
  const name = parent?.name ?? String(base.stage);
  const root = base.root.kind === "image" ? `, which stands on ${base.root.name.text}` : "";
  return [{ label: "Starts from", value: `the stage ${name}${root}` }];
}

/** What the base's layers hold, where they are those of this file's image as it was built; undefined elsewhere. */
function foundIn(analysis: Analysis, from: Instruction): BaseContents | undefined {
  const { image } = analysis;
  const weight = weightOf(analysis, from);
  const isThere = weight?.basis === "measured" && weight.layers.length > 0;
  return isThere && image?.state === "read" ? baseContentsOf(image.read, weight.layers) : undefined;
}

function foundText({ libcs, shells, packageManagers, interpreters }: BaseContents): string {
  const told = (names: readonly string[], none: string, of = ""): string =>
    names.length === 0 ? none : `${of}${names.join(", ")}`;
  const parts = [
    told(libcs, "no libc"),
    told(shells, "no shell", shells.length === 1 ? "a shell: " : "shells: "),
    told(packageManagers, "no package manager", "package managers: "),
    told(interpreters, "", "interpreters: "),
  ];
  return `${parts.filter((part) => part !== "").join("; ")} (found in its layers)`;
}

/** What was found in the layers goes before what the maker says of such images. */
function traitFacts(
  traits: BaseTraits | undefined,
  found: BaseContents | undefined,
): readonly Fact[] {
  const seen = found === undefined ? [] : [{ label: "Holds", value: foundText(found) }];
  if (traits === undefined) return seen;
  const { name, goodFor, costs } = kindAdvice[traits.kind];
  return [
    { label: "Kind", value: name },
    ...(found === undefined ? [{ label: "Holds", value: contentsOf(traits) }] : seen),
    { label: "Good for", value: goodFor },
    { label: "Costs", value: costs },
  ];
}

function contentsOf(traits: BaseTraits): string {
  const { libc, shell, packageManager, runtime, isRuntimeOnly, runsAs } = traits;
  const noShell = traits.hiddenShell ?? "no shell";
  const parts = [
    runtime === undefined ? "" : isRuntimeOnly ? `${runtime} without its compiler` : runtime,
    libc === "none" ? "no libc" : libc,
    shell === "none" ? noShell : `a shell (${shell})`,
    packageManager === "none" ? "no package manager" : packageManager,
    traits.buildTools ?? "",
    runsAs === undefined ? "" : `runs as ${runsAs}`,
  ].filter((part) => part !== "");
  const told = parts.join(", ");
  return traits.kind === "scratch" ? told : `${told} (by its name; its layers were not read)`;
}

function sizeFacts({ content, transfer }: BaseSizes): readonly Fact[] {
  const fact = (label: string, size: BaseSize | undefined): readonly Fact[] =>
    size === undefined || size.source.kind === "scratch"
      ? []
      : [{ label, value: `${amountOf(size)} ${describeSizeSource(size)}${platformOf(size)}` }];
  return [...fact("Base size", content), ...fact("Base compressed", transfer)];
}

/** Exact bytes only where the source has them. */
function amountOf({ bytes, roundedToBytes }: BaseSize): string {
  const text = formatSize(bytes);
  return roundedToBytes === 1 && bytes >= 1000 ? `${text} (${formatExactBytes(bytes)})` : text;
}

function platformOf({ platform }: BaseSize): string {
  return platform === undefined ? "" : `, ${platform}`;
}

function notesOf(root: RootFacts): readonly string[] {
  if (root.kind === "scratch") return [];
  const how = root.howToKnow === undefined ? [] : [root.howToKnow];
  if (root.kind === "unknown" || root.nearby === undefined) return how;
  const { name, sizes } = root.nearby;
  const size = sizes.content ?? sizes.transfer;
  if (size === undefined) return how;
  const platform = root.platform === undefined ? "" : ` for ${formatPlatform(root.platform)}`;
  return [
    `No figure is known of ${root.name.text}${platform}. The nearest tag of which one is: ${name}, ${formatBaseSize(size)} ${describeSizeSource(size)}.`,
    ...how,
  ];
}

function variantTable({ variants }: StageVariants): CardTable {
  return {
    heading: "Smaller ones",
    columns: ["Image", "Size", "Compressed", "Difference", "To think of"],
    rows: variants.map((variant) => [
      variant.name,
      cellOf(variant.sizes.content),
      cellOf(variant.sizes.transfer),
      differenceOf(variant),
      remarkOf(variant),
    ]),
  };
}

function cellOf(size: BaseSize | undefined): string {
  return size === undefined ? "?" : `${formatSize(size.bytes)} (${shortSource(size)})`;
}

/** Where a figure is from, in a word or a month: `engine`, `registry`, `table 2026-05`. */
export function shortSource({ source }: BaseSize): string {
  return source.kind === "table" ? `table ${source.date.slice(0, 7)}` : source.kind;
}

function differenceOf({ difference }: BaseVariant): string {
  if (difference === undefined) return "?";
  const { bytes, measure } = difference;
  return `${bytes < 0 ? "−" : "+"}${formatSize(Math.abs(bytes))}${measure === "transfer" ? " compressed" : ""}`;
}

function remarkOf({ change, nearby }: StageVariants["variants"][number]): string {
  const size = nearby?.sizes.content ?? nearby?.sizes.transfer;
  const like = size === undefined ? "" : `${nearby?.name ?? ""} has ${formatBaseSize(size)}.`;
  return [changeRemark(change), like].filter((part) => part !== "").join(" ");
}

function changeRemark(change: BaseSwitch): string {
  if (change.kind === "refused") return `Cannot: ${change.reasons[0]?.message ?? ""}`;
  return change.caveats.map(({ message }) => message).join(" ");
}
