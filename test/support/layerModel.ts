import type { TarEntry } from "./tarWriter.ts";

/** What layers make together, by the slowest and plainest means: paths in maps, one layer after the other. The yardstick for the real thing. */
export interface ModelImage {
  /** `path kind bytes`, in path order; bytes at the first name of a group. */
  readonly finalTree: readonly string[];
  /** `written>hidden bytes`, sorted. */
  readonly waste: readonly string[];
  readonly layerContentBytes: number;
}

/** Applies tars (as entries) base first. */
export function modelImage(layers: readonly (readonly TarEntry[])[]): ModelImage {
  const merged = new Map<string, ModelNode>();
  const waste: string[] = [];
  let layerContentBytes = 0;
  layers.forEach((entries, layer) => {
    const view = modelLayer(entries, layer);
    layerContentBytes += sumOf([...groupsIn(view.nodes)].map(({ bytes }) => bytes));
    const before = groupsIn(merged);
    putOn(merged, view, layer);
    const after = groupsIn(merged);
    for (const group of before) {
      if (!after.has(group) && group.bytes > 0)
        waste.push(`${group.layer}>${layer} ${group.bytes}`);
    }
  });
  return { finalTree: finalTreeOf(merged), waste: waste.sort(), layerContentBytes };
}

function putOn(merged: Map<string, ModelNode>, view: ModelLayer, layer: number): void {
  for (const [path, node] of view.nodes) {
    node.isGhost = node.kind === "directory" && isGhost(view, path);
    if (node.distant !== undefined) {
      node.group = merged.get(node.distant)?.group ?? { bytes: 0, layer };
    }
  }
  for (const [path, node] of merged) {
    if (isHidden(path, node, view)) merged.delete(path);
  }
  for (const [path, node] of view.nodes) {
    const isThere = node.kind === "directory" && merged.has(path);
    if (node.isGhost !== true && !isThere) merged.set(path, node);
  }
}

function groupsIn(nodes: ReadonlyMap<string, ModelNode>): ReadonlySet<ModelGroup> {
  return new Set([...nodes.values()].flatMap(({ group }) => group ?? []));
}

interface ModelGroup {
  readonly bytes: number;
  readonly layer: number;
}

interface ModelNode {
  readonly kind: "directory" | "file" | "symlink";
  group?: ModelGroup;
  distant?: string | undefined;
  isStated: boolean;
  isGhost?: boolean;
}

interface ModelLayer {
  readonly nodes: Map<string, ModelNode>;
  readonly whiteouts: Set<string>;
  readonly opaque: Set<string>;
}

function modelLayer(entries: readonly TarEntry[], layer: number): ModelLayer {
  const view: ModelLayer = { nodes: new Map(), whiteouts: new Set(), opaque: new Set() };
  for (const entry of entries) addEntry(view, entry, layer);
  for (const directory of view.opaque) makeDirectories(view, directory);
  for (let round = 0; round < 16; round += 1)
    resolveLate(view, ({ distant }) => distant === undefined);
  resolveLate(view, () => true);
  for (const directory of view.opaque) makeDirectories(view, directory);
  for (const node of view.nodes.values()) {
    const target = node.distant === undefined ? undefined : view.nodes.get(node.distant);
    if (target?.group === undefined || target === node) continue;
    node.group = target.group;
    node.distant = undefined;
  }
  return view;
}

/** Hard links whose target came later in the tar. */
function resolveLate(view: ModelLayer, isWelcome: (target: ModelNode) => boolean): void {
  for (const [path, node] of view.nodes) {
    const target = node.distant === undefined ? undefined : view.nodes.get(node.distant);
    if (target === undefined || target === node || target.kind === "directory") continue;
    if (isWelcome(target)) view.nodes.set(path, { ...target, isStated: true });
  }
}

function addEntry(view: ModelLayer, entry: TarEntry, layer: number): void {
  const path = String(entry.path).replace(/\/$/, "");
  const at = path.lastIndexOf("/") + 1;
  const directory = path.slice(0, Math.max(0, at - 1));
  const name = path.slice(at);
  const isWhiteout = name.startsWith(".wh.");
  const parents =
    isWhiteout || directory === ""
      ? []
      : directory.split("/").map((_, depth, all) => all.slice(0, depth + 1).join("/"));
  for (const parent of parents) {
    if (view.nodes.get(parent)?.kind === "directory") continue;
    view.nodes.set(parent, { kind: "directory", isStated: false });
  }
  if (name === ".wh..wh..opq") view.opaque.add(directory);
  else if (name.startsWith(".wh.")) view.whiteouts.add(path.slice(0, at) + name.slice(4));
  else addNode(view, path, entry, layer);
}

/** An opaque directory is there, unless something else is. */
function makeDirectories(view: ModelLayer, directory: string): void {
  const names = directory.split("/");
  const paths = names.map((_, depth) => names.slice(0, depth + 1).join("/"));
  const isBlocked = paths.some(
    (path) => (view.nodes.get(path)?.kind ?? "directory") !== "directory",
  );
  for (const path of isBlocked ? [] : paths) {
    if (!view.nodes.has(path)) view.nodes.set(path, { kind: "directory", isStated: false });
  }
}

function addNode(view: ModelLayer, path: string, entry: TarEntry, layer: number): void {
  const there = view.nodes.get(path);
  const target = entry.type === "1" ? String(entry.linkTarget) : undefined;
  if (target === path && there !== undefined && there.kind !== "directory") return;
  if (entry.type === "5" && there?.kind === "directory") {
    there.isStated = true;
    return;
  }
  const linked = target === undefined ? undefined : view.nodes.get(target);
  for (const below of view.nodes.keys()) if (isBelow(below, path)) view.nodes.delete(below);
  view.nodes.delete(path);
  view.nodes.set(path, nodeOf(entry, linked, layer));
}

function nodeOf(entry: TarEntry, linked: ModelNode | undefined, layer: number): ModelNode {
  if (entry.type === "5") return { kind: "directory", isStated: true };
  if (entry.type === "2") return { kind: "symlink", isStated: true };
  if (entry.type !== "1") {
    return { kind: "file", isStated: true, group: { bytes: entry.body?.length ?? 0, layer } };
  }
  const isContent = linked !== undefined && linked.kind !== "directory";
  if (isContent && linked.distant === undefined) return { ...linked, isStated: true };
  return {
    kind: "file",
    isStated: true,
    distant: isContent ? linked.distant : String(entry.linkTarget),
  };
}

function isGhost(view: ModelLayer, path: string): boolean {
  const brings = [...view.nodes].some(
    ([below, node]) =>
      (below === path || isBelow(below, path)) &&
      (node.isStated || node.kind !== "directory" || view.opaque.has(below)),
  );
  return !brings;
}

function isHidden(path: string, node: ModelNode, view: ModelLayer): boolean {
  const above = path.split("/").map((_, depth, all) => all.slice(0, depth + 1).join("/"));
  return (
    above.some((at) => view.whiteouts.has(at)) ||
    above.slice(0, -1).some((at) => view.opaque.has(at)) ||
    view.opaque.has("") ||
    above.some((at) => {
      const upper = view.nodes.get(at);
      if (upper === undefined || upper.isGhost === true) return false;
      const isLowerDirectory = at !== path || node.kind === "directory";
      return upper.kind !== "directory" || !isLowerDirectory;
    })
  );
}

function finalTreeOf(merged: ReadonlyMap<string, ModelNode>): readonly string[] {
  const charged = new Set<ModelGroup>();
  return [...merged]
    .sort(([a], [b]) => comparePaths(a, b))
    .map(([path, { kind, group }]) => {
      const bytes = group === undefined || charged.has(group) ? 0 : group.bytes;
      if (group !== undefined) charged.add(group);
      return `${path} ${kind} ${bytes}`;
    });
}

function comparePaths(a: string, b: string): number {
  const left = a.split("/");
  const right = b.split("/");
  const at = left.findIndex((name, depth) => name !== right[depth]);
  if (at < 0) return left.length - right.length;
  const other = right[at];
  if (other === undefined) return 1;
  return left[at]! < other ? -1 : 1;
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(`${directory}/`);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
