import { findNode } from "../fileTree.ts";
import type { Layer, ReadImage } from "../image.ts";
import { findDpkgList } from "./dpkg.ts";
import {
  type DpkgEntry,
  type DpkgRelations,
  type Relation,
  parseAutomatic,
  parseDpkgStatus,
  relationsOf,
} from "./dpkgStatus.ts";
import { type KeptFiles, keptInLayer, wholeTextOf } from "./keptFiles.ts";
import { type LayerPackage, packagesWithin } from "./layerPackages.ts";

/** Packages that nothing needs: apt installed them because others recommend them. */
export interface RecommendedPackages {
  /** With the bytes that the layers brought of each; heaviest first. */
  readonly packages: readonly LayerPackage[];
  /** Sum of theirs. */
  readonly bytes: number;
}

/**
 * The Debian packages that some layers newly installed, that the requested ones do not need through Pre-Depends or Depends (any installed
 * alternative or provider counts as needed), but that their Recommends lead to. Packages that came otherwise count as requested, and so do
 * those that apt's own book calls manual. Names may carry a version, release or architecture, as apt-get takes them.
 * Never too many: in doubt a package is needed. Undefined when the databases cannot tell: a layer without its own status file, file lists
 * that were not kept, or, while apt's book is missing, no requested
 * name or one that no installed package has.
 */
export function recommendedOnly(
  read: ReadImage,
  layers: readonly number[],
  requested: readonly string[],
): RecommendedPackages | undefined {
  if (layers.length === 0) return undefined;
  const changes = layers.map((layer) => changeOf(read, layer));
  const found = new Map<string, LayerPackage>();
  for (const change of changes) {
    const only = change && namesOfRecommended(change, requested);
    if (change === undefined || only === undefined) return undefined;
    const weighed = weigh(read, change, only);
    if (weighed === undefined) return undefined;
    for (const each of weighed) found.set(`${each.name}:${each.architecture ?? ""}`, each);
  }
  const packages = [...found.values()].sort(
    (a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1),
  );
  return { packages, bytes: packages.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** What a layer did to dpkg's book. */
interface Change {
  readonly layer: Layer;
  readonly kept: KeptFiles;
  readonly before: readonly DpkgEntry[];
  readonly after: readonly RelatedEntry[];
}

type RelatedEntry = DpkgEntry & DpkgRelations;

const statusPath = "var/lib/dpkg/status";
const automaticPath = "var/lib/apt/extended_states";

function changeOf(read: ReadImage, index: number): Change | undefined {
  const layer = read.layers[index];
  if (layer === undefined) return undefined;
  const kept = keptInLayer(layer);
  const after = wholeTextOf(kept.files.get(statusPath));
  const before = bookBelow(read.layers.slice(0, index));
  if (after === undefined || before === undefined) return undefined;
  const entries = installedOf(after);
  if (entries.reduce((sum, entry) => sum + relationLength(entry), 0) > longestRelations) {
    return undefined;
  }
  const related = entries.map((entry) => ({ ...entry, ...relationsOf(entry) }));
  return { layer, kept, before: installedOf(before), after: related };
}

/** A system with 2,000 packages has half a million characters of relations; a book with more than this is no system's. */
const longestRelations = 4_000_000;

function relationLength({ fields }: DpkgEntry): number {
  const names = ["pre-depends", "depends", "recommends", "suggests", "provides"];
  return names.reduce((sum, name) => sum + (fields.get(name)?.length ?? 0), 0);
}

/** dpkg's book as the layers leave it: "" where none has one, undefined where it cannot be told. */
function bookBelow(layers: readonly Layer[]): string | undefined {
  const top = layers.findLast(({ tree }) => findNode(tree, statusPath) !== undefined);
  return top === undefined ? "" : wholeTextOf(keptInLayer(top).files.get(statusPath));
}

function installedOf(status: string): readonly DpkgEntry[] {
  return parseDpkgStatus(status).filter(({ isInstalled }) => isInstalled);
}

/** Keys of the new packages that only Recommends lead to. */
function namesOfRecommended(
  { kept, before, after }: Change,
  requested: readonly string[],
): ReadonlySet<string> | undefined {
  const known = new Map(before.map((entry) => [keyOf(entry), entry.version]));
  const providers = providersOf(after);
  const added = after.filter((entry) => !known.has(keyOf(entry)));
  const changed = after.filter(
    (entry) => known.has(keyOf(entry)) && known.get(keyOf(entry)) !== entry.version,
  );
  const automaticText = wholeTextOf(kept.files.get(automaticPath));
  const automatic = automaticText === undefined ? undefined : parseAutomatic(automaticText);
  const manual = automatic === undefined ? [] : added.filter(isManual(automatic));
  const names = requested.flatMap(installNameOf);
  const isAskedKnown = names.length > 0 && names.every((name) => providers.has(name));
  if (automatic === undefined && !isAskedKnown) return undefined;
  const asked = [...names.flatMap((name) => providers.get(name) ?? []), ...manual, ...changed];
  const led = reach(asked, providers, (entry) => [...entry.depends, ...entry.recommends]);
  const others = added.filter((entry) => !led.has(entry));
  const needed = reach([...asked, ...others], providers, (entry) => entry.depends);
  return new Set(added.filter((entry) => led.has(entry) && !needed.has(entry)).map(keyOf));
}

function keyOf({ name, architecture }: Pick<DpkgEntry, "name" | "architecture">): string {
  return `${name}:${architecture ?? ""}`;
}

/** apt books packages for all architectures under the native one. */
function isManual(automatic: ReadonlySet<string>): (entry: DpkgEntry) => boolean {
  const names = new Set([...automatic].map((key) => key.replace(/:.*$/, "")));
  return (entry) =>
    entry.architecture === "all" ? !names.has(entry.name) : !automatic.has(keyOf(entry));
}

/** `curl=7.88.1-10`, `curl/bookworm`, `curl:amd64`, `curl+` mean curl; `curl-` removes it; options are none. apt-get(8). */
function installNameOf(word: string): readonly string[] {
  if (word.startsWith("-") || word.endsWith("-")) return [];
  return [word.replace(/[=/:].*$/, "").replace(/(?<=[^+])\+$/, "")];
}

/** Installed packages by their name and by the virtual ones they provide. */
function providersOf(
  entries: readonly RelatedEntry[],
): ReadonlyMap<string, readonly RelatedEntry[]> {
  const providers = new Map<string, RelatedEntry[]>();
  for (const entry of entries) {
    for (const name of [entry.name, ...entry.provides]) {
      const others = providers.get(name);
      if (others === undefined) providers.set(name, [entry]);
      else others.push(entry);
    }
  }
  return providers;
}

function reach(
  from: readonly RelatedEntry[],
  providers: ReadonlyMap<string, readonly RelatedEntry[]>,
  wantsOf: (entry: RelatedEntry) => readonly Relation[],
): ReadonlySet<RelatedEntry> {
  const reached = new Set(from);
  const seenNames = new Set<string>();
  const pending = [...from];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    for (const { name } of wantsOf(entry).flat()) {
      if (seenNames.has(name)) continue;
      seenNames.add(name);
      for (const next of providers.get(name) ?? []) {
        if (reached.has(next)) continue;
        reached.add(next);
        pending.push(next);
      }
    }
  }
  return reached;
}

function weigh(
  read: ReadImage,
  { layer, kept, after }: Change,
  only: ReadonlySet<string>,
): readonly LayerPackage[] | undefined {
  const wanted = after.filter((entry) => only.has(keyOf(entry)));
  if (wanted.some((entry) => findDpkgList(kept.files, entry)?.isWhole !== true)) return undefined;
  if (wanted.length === 0) return [];
  return packagesWithin(read, layer, kept).flatMap(({ found, bytes }) => {
    const { manager, name, version, architecture } = found;
    if (manager !== "dpkg" || !only.has(keyOf(found))) return [];
    return [{ manager, name, version, architecture, bytes, hiddenBytes: 0 }];
  });
}
