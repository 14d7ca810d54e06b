import { entryKind, pathIn, type ContextFolder, type UnreadReason } from "./listing.ts";

/** Where something is missing that had to be known. */
export interface ContextGap {
  readonly path: string;
  readonly reason: UnreadReason;
}

/** What a choice leaves of a folder, with the sums of everything below. */
export interface PickedFolder {
  /** Ascending by code units, each once. */
  readonly names: readonly string[];
  readonly kinds: Uint8Array;
  /** Sizes of regular files, 0 for everything else. */
  readonly fileBytes: Float64Array;
  readonly folders: ReadonlyMap<string, PickedFolder>;
  readonly targets: ReadonlyMap<string, string>;
  readonly links: ReadonlyMap<string, string>;
  /** Sum of the sizes of all files below; hard links count at each of their paths. */
  readonly contentBytes: number;
  readonly fileCount: number;
  /** Whether a hard link lies below. */
  readonly hasLinks: boolean;
  /** True when some of its own entries were not read. */
  readonly isPartial: boolean;
  /** The first folder below that belongs to the choice and was not read: then the sums are not known. */
  readonly gap: ContextGap | undefined;
}

/** What a choice says of a folder; `State` is what it must know of a folder to judge what lies in it. */
export interface Choice<State> {
  readonly isKept: boolean;
  /** True when nothing below the folder can be kept either. */
  readonly isPassedOver: boolean;
  readonly state: State;
}

/** Judges entries by their path below the folder where the choice began, and by what was said of the folder they lie in. */
export interface Chooser<State> {
  keepsFile(path: string, within: State | undefined): boolean;
  judgeFolder(path: string, within: State | undefined): Choice<State>;
}

type Choosable = Omit<ContextFolder, "unread" | "gap" | "folders"> & {
  readonly folders: ReadonlyMap<string, Choosable>;
  readonly unread?: ReadonlyMap<string, UnreadReason>;
  readonly gap: UnreadReason | ContextGap | undefined;
  readonly isPartial?: boolean;
};

/** What has been chosen of a folder so far. */
interface Picking {
  readonly kept: number[];
  readonly folders: Map<string, PickedFolder>;
  contentBytes: number;
  fileCount: number;
  hasLinks: boolean;
  gap: ContextGap | undefined;
}

/**
 * What a choice leaves of a folder. A folder that is not kept itself stays when something in it does, as builders create it then. O(entries)
 * times the cost of the choice; folders that are passed over are not looked into.
 */
export function pickFolder<State>(
  folder: Choosable,
  path: string,
  chooser: Chooser<State>,
): PickedFolder {
  const steps = pickInSteps(folder, path, chooser);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** Entries that are judged before somebody else has a turn. */
const entriesInStep = 2000;

/** The same in steps of few milliseconds each, for whoever has other things to do between them. */
export function* pickInSteps<State>(
  folder: Choosable,
  path: string,
  chooser: Chooser<State>,
): Generator<undefined, PickedFolder> {
  return yield* pickBelow({ chooser, judged: 0 }, folder, path, undefined);
}

/** A choice under way. */
interface Walking<State> {
  readonly chooser: Chooser<State>;
  judged: number;
}

function* pickBelow<State>(
  walking: Walking<State>,
  folder: Choosable,
  path: string,
  within: State | undefined,
): Generator<undefined, PickedFolder> {
  const { chooser } = walking;
  const picking: Picking = {
    kept: [],
    folders: new Map(),
    contentBytes: 0,
    fileCount: 0,
    hasLinks: false,
    gap: gapOf(folder, path),
  };
  for (const [index, name] of folder.names.entries()) {
    walking.judged += 1;
    if (walking.judged % entriesInStep === 0) yield;
    const at = pathIn(path, name);
    if (folder.kinds[index] !== entryKind.folder) {
      if (chooser.keepsFile(at, within)) addFile(picking, folder, index, name);
      continue;
    }
    const choice = chooser.judgeFolder(at, within);
    if (choice.isPassedOver) continue;
    const inner = folder.folders.get(name);
    const picked =
      inner === undefined ? undefined : yield* pickBelow(walking, inner, at, choice.state);
    picking.gap ??= picked === undefined ? unreadGap(folder, name, at) : picked.gap;
    if (choice.isKept || picked?.names.length !== 0) addFolder(picking, index, name, picked);
  }
  const { kept, ...sums } = picking;
  return { ...columnsOf(folder, kept), ...sums, isPartial: isPartial(folder) };
}

function addFile(picking: Picking, folder: Choosable, index: number, name: string): void {
  picking.kept.push(index);
  picking.contentBytes += folder.fileBytes[index] ?? 0;
  if (folder.kinds[index] === entryKind.file) picking.fileCount += 1;
  picking.hasLinks ||= folder.links.has(name);
}

/** A folder without what is in it is one that was not read. */
function addFolder(
  picking: Picking,
  index: number,
  name: string,
  picked: PickedFolder | undefined,
): void {
  picking.kept.push(index);
  if (picked === undefined) return;
  picking.folders.set(name, picked);
  picking.contentBytes += picked.contentBytes;
  picking.fileCount += picked.fileCount;
  picking.hasLinks ||= picked.hasLinks;
}

function isPartial({ isPartial: isKnownPartial, gap }: Choosable): boolean {
  return isKnownPartial ?? gap !== undefined;
}

function gapOf({ gap }: Choosable, path: string): ContextGap | undefined {
  return typeof gap === "string" ? { path, reason: gap } : gap;
}

function unreadGap({ unread }: Choosable, name: string, path: string): ContextGap | undefined {
  const reason = unread === undefined ? undefined : (unread.get(name) ?? "unreadable");
  return reason === undefined ? undefined : { path, reason };
}

/** The columns of the entries that are kept; those of the folder itself where all are. */
function columnsOf(
  { names, kinds, fileBytes, targets, links }: Choosable,
  kept: readonly number[],
): Pick<PickedFolder, "names" | "kinds" | "fileBytes" | "targets" | "links"> {
  if (kept.length === names.length) return { names, kinds, fileBytes, targets, links };
  return {
    names: kept.map((index) => names[index] ?? ""),
    kinds: Uint8Array.from(kept, (index) => kinds[index] ?? 0),
    fileBytes: Float64Array.from(kept, (index) => fileBytes[index] ?? 0),
    targets,
    links,
  };
}

/**
 * Bytes of a picked folder that are counted more than once because files in it are hard links of each other. Builders keep the links within what
 * one source brings in, so the layer holds such a file once. Looks only where hard links are.
 */
export function repeatedBytes(folder: PickedFolder, seen: Set<string> = new Set()): number {
  if (!folder.hasLinks) return 0;
  let repeated = 0;
  for (const [index, name] of folder.names.entries()) {
    const inner = folder.folders.get(name);
    const link = folder.links.get(name);
    if (inner !== undefined) repeated += repeatedBytes(inner, seen);
    else if (link === undefined) continue;
    else if (seen.has(link)) repeated += folder.fileBytes[index] ?? 0;
    else seen.add(link);
  }
  return repeated;
}
