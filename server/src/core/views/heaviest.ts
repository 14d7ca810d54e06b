import type { FileTree } from "../image/fileTree.ts";
import { nodeKind, pathOf } from "../image/fileTree.ts";

/** Calls `offer` once for every candidate. */
export type Offering = (offer: (candidate: number) => void) => void;

/** The candidates that come first, in order, at most `limit`. O(n log limit) time and O(limit) memory, whatever their number and order. */
export function selectFirst(
  offering: Offering,
  limit: number,
  comesBefore: (a: number, b: number) => boolean,
): readonly number[] {
  /** Binary heap with the last of the kept candidates on top. */
  const kept: number[] = [];
  const at = (place: number): number => kept[place] ?? -1;
  const swap = (a: number, b: number): void => {
    [kept[a], kept[b]] = [at(b), at(a)];
  };
  const sink = (): void => {
    for (let place = 0; ;) {
      const left = 2 * place + 1;
      if (left >= kept.length) return;
      const right = left + 1;
      const child = right < kept.length && comesBefore(at(left), at(right)) ? right : left;
      if (!comesBefore(at(place), at(child))) return;
      swap(place, child);
      place = child;
    }
  };
  const rise = (): void => {
    for (let place = kept.length - 1; place > 0;) {
      const parent = (place - 1) >>> 1;
      if (!comesBefore(at(parent), at(place))) return;
      swap(place, parent);
      place = parent;
    }
  };
  if (limit <= 0) return [];
  offering((candidate) => {
    if (kept.length < limit) {
      kept.push(candidate);
      rise();
    } else if (comesBefore(candidate, at(0))) {
      kept[0] = candidate;
      sink();
    }
  });
  return kept.sort((a, b) => (comesBefore(a, b) ? -1 : 1));
}

/** Some children of a directory, and how many come after them. */
export interface ChildPage {
  /** Heaviest subtree first, equal weights by name. */
  readonly nodes: readonly number[];
  /** Children that come after the last of `nodes`. */
  readonly restCount: number;
}

/** The heaviest children of a directory; with `after`, those that follow that child. One scan of the children, without sorting them all. */
export function heaviestChildren(
  tree: FileTree,
  node: number,
  limit: number,
  after?: number,
): ChildPage {
  const comesBefore = byWeight(tree);
  let count = 0;
  const nodes = selectFirst(
    (offer) => {
      const end = tree.subtreeEnd[node] ?? node + 1;
      for (let child = node + 1; child < end; child = tree.subtreeEnd[child] ?? end) {
        if (after !== undefined && !comesBefore(after, child)) continue;
        count += 1;
        offer(child);
      }
    },
    limit,
    comesBefore,
  );
  return { nodes, restCount: count - nodes.length };
}

/** Heavier subtree first, equal weights by name: nodes of one directory stand in name order. */
function byWeight(tree: FileTree): (a: number, b: number) => boolean {
  const { subtreeBytes } = tree;
  return (a, b) => {
    const difference = (subtreeBytes[a] ?? 0) - (subtreeBytes[b] ?? 0);
    return difference > 0 || (difference === 0 && a < b);
  };
}

/** A file or directory worth naming, with all that lies below it. */
export interface Place {
  readonly path: string;
  readonly isDirectory: boolean;
  readonly bytes: number;
}

/** A directory is left in favour of what it holds when one of its children has at least this share of it. */
const telling = 0.4;
/** Directories opened at most, however the tree is shaped. */
const mostOpened = 48;

/**
 * Where the bytes of a layer lie: at most `limit` files and directories, none inside another, heaviest first. A directory stands for
 * its files unless one thing in it makes up much of it. Looks only into directories on the way to the heaviest things.
 */
export function heaviestPlaces(tree: FileTree, limit: number): readonly Place[] {
  const comesBefore = byWeight(tree);
  const settled: number[] = [];
  let open = [...heaviestChildren(tree, 0, limit).nodes];
  for (let opened = 0; open.length > 0 && opened < mostOpened; opened += 1) {
    const next = open.shift();
    if (next === undefined) break;
    const heavy = tree.kind[next] === nodeKind.directory ? worthOpening(tree, next, limit) : [];
    if (heavy.length === 0) settled.push(next);
    else open = [...open, ...heavy].sort((a, b) => (comesBefore(a, b) ? -1 : 1)).slice(0, limit);
  }
  return [...settled, ...open]
    .filter((node) => (tree.subtreeBytes[node] ?? 0) > 0)
    .sort((a, b) => (comesBefore(a, b) ? -1 : 1))
    .slice(0, limit)
    .map((node) => ({
      path: pathOf(tree, node),
      isDirectory: tree.kind[node] === nodeKind.directory,
      bytes: tree.subtreeBytes[node] ?? 0,
    }));
}

/** The heaviest children of a directory when they say more than its name does; else empty. */
function worthOpening(tree: FileTree, directory: number, limit: number): readonly number[] {
  const { nodes } = heaviestChildren(tree, directory, limit);
  const heaviestBytes = tree.subtreeBytes[nodes[0] ?? -1] ?? 0;
  return heaviestBytes >= telling * (tree.subtreeBytes[directory] ?? 0) ? nodes : [];
}
