import type { Instruction } from "../dockerfile/syntax.ts";
import type { ReadImage } from "../image/image.ts";
import {
  type LayerPackage,
  packagesByLayer,
  packagesHiddenBy,
} from "../image/packages/layerPackages.ts";
import { type PackageIdentity, packageKey } from "../image/packages/package.ts";
import type { PackageTable } from "../image/packages/packageTable.ts";
import { recommendedOnly } from "../image/packages/recommended.ts";
import type { InstructionWeight } from "../join/attribution.ts";
import { counted } from "../text/counted.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { type CardList, type HoverMemory, rowLimit, textRow } from "./hoverCard.ts";
import { packagesIn } from "./layerTreeMemory.ts";
import { escapeSteering, fitEnd } from "./reportCells.ts";

/** What the layers of an instruction did to packages. */
export interface PackageShares {
  /** What they brought, heaviest first. */
  readonly brought: readonly BroughtPackage[];
  /** Sum of theirs. */
  readonly broughtBytes: number;
  /** Content bytes of the layers that no package owns; undefined where the sums cannot be told apart exactly. */
  readonly unownedBytes: number | undefined;
  /** What they hid of lower layers, heaviest first, what they brought anew in another version left out. */
  readonly hidden: readonly LayerPackage[];
  /** Databases that could not be read: what they list is among the unowned. */
  readonly isPartial: boolean;
}

/** A package that an instruction brought. */
export interface BroughtPackage extends LayerPackage {
  /** Only because others recommend it; false also where the image does not tell. */
  readonly isRecommendedOnly: boolean;
  /** The version that it hides files of; undefined where there is none. */
  readonly inPlaceOf: string | undefined;
}

/** Whether packages are looked for in what the instruction brought. */
export function hasPackages({ keyword }: Instruction, { layers }: InstructionWeight): boolean {
  return ["RUN", "COPY", "ADD"].includes(keyword) && layers.length > 0;
}

/** Lists for the hover: what the line brought by package, and what it hid of packages. Empty where no package of its layers is known. */
export function packageLists(
  read: ReadImage,
  instruction: Instruction,
  weight: InstructionWeight,
  memory: HoverMemory,
): readonly CardList[] {
  if (!hasPackages(instruction, weight)) return [];
  const shares = sharesOf(read, weight.layers, memory);
  return [broughtList(shares), hiddenList(shares)].filter(({ rows }) => rows.length > 0);
}

/** Looked for once for an image and its layers. */
export function sharesOf(
  read: ReadImage,
  layers: readonly number[],
  memory: HoverMemory,
): PackageShares {
  const known = memory.packages.get(read) ?? new Map<string, PackageShares>();
  memory.packages.set(read, known);
  const name = layers.join(" ");
  const shares = known.get(name) ?? findShares(read, packagesIn(memory.trees, read), layers);
  known.set(name, shares);
  return shares;
}

function findShares(
  read: ReadImage,
  table: PackageTable,
  layers: readonly number[],
): PackageShares {
  const brought = joined(layers.flatMap((layer) => packagesByLayer(read, table, layer)));
  const hidden = joined(layers.flatMap((layer) => packagesHiddenBy(read, layer)));
  const isDebian = brought.some(({ manager }) => manager === "dpkg");
  const recommended = isDebian ? recommendedOnly(read, layers, []) : undefined;
  const only = new Set(recommended?.packages.map(packageKey));
  const broughtBytes = sumOf(brought);
  const contentBytes = layers.reduce(
    (sum, layer) => sum + (read.layers[layer]?.contentBytes ?? 0),
    0,
  );
  const replaced = replacedVersions(brought, hidden);
  return {
    brought: brought.map((each) => ({
      ...each,
      isRecommendedOnly: only.has(packageKey(each)),
      inPlaceOf: replaced.get(nameKey(each)),
    })),
    broughtBytes,
    // A name that a later layer gave to a file of this one may carry its bytes: then the rest is not told.
    unownedBytes: broughtBytes <= contentBytes ? contentBytes - broughtBytes : undefined,
    hidden: hidden.filter((each) => !replaced.has(nameKey(each))),
    isPartial: table.isPartial,
  };
}

/** Versions that were hidden by names, where one package of that name came in the place of one: several of one name, as npm has them, tell nothing. */
function replacedVersions(
  brought: readonly LayerPackage[],
  hidden: readonly LayerPackage[],
): ReadonlyMap<string, string> {
  const isSingle = (packages: readonly LayerPackage[], key: string): boolean =>
    packages.filter((each) => nameKey(each) === key).length === 1;
  return new Map(
    hidden.flatMap((each) => {
      const key = nameKey(each);
      const isReplaced = isSingle(hidden, key) && isSingle(brought, key);
      return isReplaced && each.version !== undefined ? [[key, each.version] as const] : [];
    }),
  );
}

function broughtList({ brought, broughtBytes, unownedBytes, isPartial }: PackageShares): CardList {
  const count = counted(brought.length, "package");
  const heading = `Brought by package: ${count}, ${formatExactBytes(broughtBytes)}`;
  if (brought.length === 0) return { heading, rows: [] };
  const rest = brought.slice(rowLimit);
  const recommended = rest.filter(({ isRecommendedOnly }) => isRecommendedOnly).length;
  const more = recommended === 0 ? "" : `, ${recommended} of them only recommended`;
  const doubt = isPartial ? ", as far as package databases could be read" : "";
  return {
    heading,
    rows: [
      ...brought.slice(0, rowLimit).map((each) => textRow(`${packageText(each)}${notes(each)}`)),
      ...(rest.length === 0
        ? []
        : [textRow(`${formatSize(sumOf(rest))} in ${rest.length} more${more}`)]),
      ...(unownedBytes === undefined || unownedBytes === 0
        ? []
        : [textRow(`${formatSize(unownedBytes)} of no package${doubt}`)]),
    ],
  };
}

function hiddenList({ hidden }: PackageShares): CardList {
  const rest = hidden.slice(rowLimit);
  return {
    heading: "Hidden or removed here, of packages of earlier layers",
    rows: [
      ...hidden.slice(0, rowLimit).map((each) => textRow(packageText(each))),
      ...(rest.length === 0 ? [] : [textRow(`${formatSize(sumOf(rest))} of ${rest.length} more`)]),
    ],
  };
}

/** `12.3 MB libssl3 3.0.11 (dpkg)`. */
function packageText({ bytes, name, version, manager }: LayerPackage): string {
  const words = [formatSize(bytes), name, ...(version === undefined ? [] : [version])];
  return `${fitEnd(escapeSteering(words.join(" ")), 90)} (${manager})`;
}

function notes({
  bytes,
  hiddenBytes,
  version,
  inPlaceOf,
  isRecommendedOnly,
}: BroughtPackage): string {
  const gone =
    hiddenBytes === bytes ? "all hidden later" : `${formatSize(hiddenBytes)} hidden later`;
  const before =
    inPlaceOf === version ? "its files written again" : `in place of ${inPlaceOf ?? ""}`;
  return [
    ...(isRecommendedOnly ? ["only recommended"] : []),
    ...(inPlaceOf === undefined ? [] : [fitEnd(escapeSteering(before), 60)]),
    ...(hiddenBytes === 0 ? [] : [gone]),
  ]
    .map((note) => `, ${note}`)
    .join("");
}

/** One row for a package that several layers brought. */
function joined(packages: readonly LayerPackage[]): readonly LayerPackage[] {
  const byKey = new Map<string, LayerPackage>();
  for (const each of packages) {
    const known = byKey.get(packageKey(each));
    byKey.set(packageKey(each), {
      ...each,
      bytes: each.bytes + (known?.bytes ?? 0),
      hiddenBytes: each.hiddenBytes + (known?.hiddenBytes ?? 0),
    });
  }
  return [...byKey.values()].toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}

function nameKey({ manager, name, architecture }: PackageIdentity): string {
  return [manager, name, architecture ?? ""].join("\0");
}

function sumOf(packages: readonly LayerPackage[]): number {
  return packages.reduce((sum, { bytes }) => sum + bytes, 0);
}
