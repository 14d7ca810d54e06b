import { type Package } from "../image/packages/package.ts";
import type { PackageTable } from "../image/packages/packageTable.ts";
import { formatExactBytes } from "../text/size.ts";
import { type ContentKind, contentKinds } from "./contentKind.ts";
import {
  type Asked,
  type Forest,
  type Grove,
  groveOf,
  isNodeShown,
  shownBytes,
} from "./layerTreeGrove.ts";
import { packagesIn } from "./layerTreeMemory.ts";
import { pageOf } from "./layerTreePage.ts";
import type { LayerTreeRow } from "./layerTreeRow.ts";
import { moreRow, partOfWhole, rowId } from "./layerTreeRow.ts";
import { escapeSteering, fitEnd } from "./reportCells.ts";

/** What a package, or a kind of content, shows of the final file system. */
interface Share {
  readonly bytes: number;
  /** Files and links. */
  readonly count: number;
}

/**
 * One page of packages, heaviest first or by name, then a row for the rest; on the first page what no package owns stands among them. Packages of
 * which nothing is shown have no row. One pass over the final tree.
 */
export function packagePage(asked: Asked, after: number | undefined): readonly LayerTreeRow[] {
  const { read } = asked;
  const { imageId } = read.description;
  const order = packageOrder(asked);
  const page = pageOf(order.members, order.comesBefore, after);
  const last = page.members.at(-1);
  return [
    ...page.members.map((index) => packageRow(asked, index, order.shares[index] ?? noShare)),
    ...(last === undefined
      ? []
      : moreRow(imageId, { kind: "packages", after: last }, page.restCount)),
  ];
}

/** Which packages have rows, and in which order: indexes of `Forest`. */
export function packageOrder(asked: Asked): {
  readonly members: readonly number[];
  readonly comesBefore: (a: number, b: number) => boolean;
  readonly shares: readonly Share[];
} {
  const { read, view } = asked;
  const { packages } = packagesIn(view.memory, read);
  const grove = groveOf(asked, { kind: "final", index: 0 });
  const shares = grove === undefined ? [] : sharesOf(asked, grove);
  const isWhole = grove?.pick === undefined;
  const members = Array.from({ length: packages.length + 1 }, (_, index) => index).filter(
    (index) => (shares[index]?.count ?? 0) > 0 || (isWhole && index < packages.length),
  );
  const weight = (index: number): number => shares[index]?.bytes ?? 0;
  const name = (index: number): string => packages[index]?.name ?? "";
  const byWeight = (a: number, b: number): boolean =>
    weight(a) > weight(b) || (weight(a) === weight(b) && a < b);
  // What none owns has no name, and stands last.
  const byName = (a: number, b: number): boolean => {
    if (name(a) === name(b)) return a < b;
    return name(b) === "" || (name(a) !== "" && name(a) < name(b));
  };
  return { members, shares, comesBefore: view.options.sortBy === "name" ? byName : byWeight };
}

const noShare: Share = { bytes: 0, count: 0 };

/** By index of `Forest`: packages in the order of their table, then what none owns. */
function sharesOf({ read, view }: Asked, grove: Grove): readonly Share[] {
  const { owners, packages } = packagesIn(view.memory, read);
  const shares = Array.from({ length: packages.length + 1 }, () => ({ bytes: 0, count: 0 }));
  const { kind, bytes, nodeCount } = grove.tree;
  for (let node = 1; node < nodeCount; node += 1) {
    if (kind[node] === 0 || !isNodeShown(grove, node)) continue;
    const owner = owners[node] ?? -1;
    const share = shares[owner === -1 ? packages.length : owner];
    if (share === undefined) continue;
    share.bytes += bytes[node] ?? 0;
    share.count += 1;
  }
  return shares;
}

function packageRow(asked: Asked, index: number, { bytes, count }: Share): LayerTreeRow {
  const { read, view } = asked;
  const table = packagesIn(view.memory, read);
  const forest: Forest = { kind: "package", index };
  const id = rowId(read.description.imageId, { kind: "node", forest, node: 0, after: undefined });
  const owner = table.packages[index];
  if (owner === undefined) {
    const size = partOfWhole(bytes, table.unownedBytes);
    return {
      id,
      kind: "package",
      label: "No package",
      description: size,
      tooltip: `${formatExactBytes(bytes)} in files that no package owns${doubts(table)}`,
      accessibilityLabel: `No package, ${size}.`,
      icon: "question",
      hasChildren: count > 0,
      bytes,
    };
  }
  const size = owner.bytes === undefined ? "size not known" : partOfWhole(bytes, owner.bytes);
  const name = fitEnd(escapeSteering(owner.name), 80);
  const version = versionOf(owner);
  return {
    id,
    kind: "package",
    label: name,
    description: [size, version].filter((text) => text !== "").join(" · "),
    tooltip: [`${name} ${version}`, `Package of ${owner.manager}`, ...measured(owner, bytes)].join(
      "\n",
    ),
    accessibilityLabel: `Package ${name}, ${size}, ${version}.`,
    icon: "package",
    hasChildren: count > 0,
    ...(owner.bytes === undefined ? {} : { bytes }),
  };
}

function versionOf({ version, manager }: Package): string {
  return version === undefined ? manager : `${fitEnd(escapeSteering(version), 40)} (${manager})`;
}

function measured({ bytes, fileCount }: Package, shown: number): readonly string[] {
  if (bytes === undefined) return ["The image does not say which files it has"];
  return [`${formatExactBytes(shown)} of its ${fileCount ?? 0} files in the final file system`];
}

/** What may be of a package all the same, a sentence a line. */
function doubts({ packages, unreadBooks, isPartial }: PackageTable): string {
  const unknown = packages.filter(({ bytes }) => bytes === undefined).length;
  const books = unreadBooks.map(escapeSteering).join(", ");
  const sentences = [
    ...(books === "" ? [] : [`Not read, so that what they list counts here: ${books}`]),
    ...(unknown === 0
      ? []
      : [
          `The image does not list the files of ${unknown === 1 ? "1 package" : `${unknown} packages`}: they count here`,
        ]),
  ];
  const isUnsaid = isPartial && sentences.length === 0;
  const said = isUnsaid ? ["As far as package databases could be read"] : sentences;
  return said.map((sentence) => `\n${sentence}`).join("");
}

/** A row for each kind of content in the final file system, heaviest first or in the order of legends; what is a link counts as other. */
export function contentRows(asked: Asked): readonly LayerTreeRow[] {
  const { read, view } = asked;
  const rows = contentKinds.flatMap((kind, index) => {
    const forest: Forest = { kind: "content", index };
    const grove = groveOf(asked, forest);
    if (grove === undefined || !isNodeShown(grove, 0)) return [];
    const bytes = shownBytes(grove, 0);
    const size = partOfWhole(bytes, bytes);
    return [
      {
        id: rowId(read.description.imageId, { kind: "node", forest, node: 0, after: undefined }),
        kind: "contentKind" as const,
        label: contentName[kind],
        description: size,
        tooltip: `${formatExactBytes(bytes)} of the final file system, told by name and mode`,
        accessibilityLabel: `${contentName[kind]}, ${size}.`,
        icon: contentIcon[kind],
        hasChildren: true,
        bytes,
      },
    ];
  });
  return view.options.sortBy === "name" ? rows : rows.toSorted((a, b) => b.bytes - a.bytes);
}

const contentName: Readonly<Record<ContentKind, string>> = {
  program: "Programs",
  library: "Libraries",
  code: "Code",
  archive: "Archives",
  media: "Images, sound and fonts",
  document: "Documents",
  data: "Data and settings",
  other: "Other",
};

const contentIcon: Readonly<Record<ContentKind, string>> = {
  program: "terminal",
  library: "library",
  code: "code",
  archive: "file-zip",
  media: "file-media",
  document: "book",
  data: "database",
  other: "question",
};
