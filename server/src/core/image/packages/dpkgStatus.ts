import { type Paragraph, parseParagraphs } from "./paragraphs.ts";

/** One way to satisfy a relation. */
export interface Alternative {
  readonly name: string;
  /** `>= 2.34`; undefined when any version will do. */
  readonly constraint: string | undefined;
}

/** A relation: one of these is enough. */
export type Relation = readonly Alternative[];

/** A package in dpkg's book. Debian Policy § 5.3, § 7. */
export interface DpkgEntry {
  readonly name: string;
  readonly version: string | undefined;
  readonly architecture: string | undefined;
  /** False after a removal that kept configuration, and for anything half done. Distroless images record no state: true. */
  readonly isInstalled: boolean;
  readonly isEssential: boolean;
  /** `required`, `important`, `standard`, `optional`, `extra`. */
  readonly priority: string | undefined;
  /** What its maintainer estimated, in bytes (the field counts KiB). Not what its files weigh. */
  readonly estimatedBytes: number | undefined;
  /** All that its paragraph says; `relationsOf` reads what it needs of others. */
  readonly fields: Paragraph;
}

/** What a package needs of others and is to others. */
export interface DpkgRelations {
  /** Pre-Depends and Depends. */
  readonly depends: readonly Relation[];
  readonly recommends: readonly Relation[];
  readonly suggests: readonly Relation[];
  /** Names of virtual packages it stands for. */
  readonly provides: readonly string[];
}

/** Packages of a dpkg status file, or of a file of `status.d`, in order. Paragraphs without a name, and packages that are not installed at all, are left out. */
export function parseDpkgStatus(text: string): readonly DpkgEntry[] {
  return parseParagraphs(text).flatMap((paragraph) => entryOf(paragraph) ?? []);
}

/** Relations of a package, each list in the order of its field. */
export function relationsOf({ fields }: DpkgEntry): DpkgRelations {
  return {
    depends: [
      ...parseRelations(fields.get("pre-depends")),
      ...parseRelations(fields.get("depends")),
    ],
    recommends: parseRelations(fields.get("recommends")),
    suggests: parseRelations(fields.get("suggests")),
    provides: parseRelations(fields.get("provides"))
      .flat()
      .map((provided) => provided.name),
  };
}

/** `name:architecture` of packages that apt installed for the sake of others. var/lib/apt/extended_states. */
export function parseAutomatic(text: string): ReadonlySet<string> {
  const automatic = parseParagraphs(text).filter((fields) => fields.get("auto-installed") === "1");
  return new Set(
    automatic.map((fields) => `${fields.get("package") ?? ""}:${fields.get("architecture") ?? ""}`),
  );
}

/** Relations of a field such as Depends: commas part relations, bars part alternatives. Versions and architectures are split off. */
export function parseRelations(text: string | undefined): readonly Relation[] {
  return (text ?? "")
    .split(",")
    .map((relation) => relation.split("|").flatMap((way) => alternativeOf(way) ?? []))
    .filter((relation) => relation.length > 0);
}

/** Diverted paths: what a package's list calls by the first name is found by the second, unless the package made the diversion. dpkg-divert(1). */
export interface Diversion {
  readonly from: string;
  readonly to: string;
  /** The package whose file stays; `:` for the administrator. */
  readonly by: string;
}

/** var/lib/dpkg/diversions: three lines each. Paths come without leading slash. */
export function parseDiversions(text: string): readonly Diversion[] {
  const lines = text.split("\n");
  const diversions: Diversion[] = [];
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const [from = "", to = "", by = ""] = lines.slice(at, at + 3);
    if (from !== "" && to !== "") diversions.push({ from: relative(from), to: relative(to), by });
  }
  return diversions;
}

function relative(path: string): string {
  return path.replace(/^\/+/, "");
}

function entryOf(fields: Paragraph): DpkgEntry | undefined {
  const name = fields.get("package");
  const state = fields.get("status")?.split(/\s+/)[2] ?? "installed";
  if (name === undefined || name === "" || state === "not-installed") return undefined;
  const kibibytes = Number(fields.get("installed-size") ?? Number.NaN);
  return {
    name,
    version: fields.get("version"),
    architecture: fields.get("architecture"),
    isInstalled: state === "installed" || state.startsWith("triggers-"),
    isEssential: fields.get("essential") === "yes",
    priority: fields.get("priority"),
    estimatedBytes: Number.isSafeInteger(kibibytes) ? kibibytes * 1024 : undefined,
    fields,
  };
}

/** `libc6:any (>= 2.34) [amd64] <!nocheck>` */
function alternativeOf(text: string): Alternative | undefined {
  const [, name, constraint] =
    /^\s*([^\s:([<]+)(?::[^\s([<]+)?\s*(?:\(([^)]*)\))?/.exec(text) ?? [];
  return name === undefined ? undefined : { name, constraint: constraint?.trim() };
}
