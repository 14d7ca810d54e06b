import { basename, relative, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContextListing } from "../core/context/listing.ts";
import { walkFilter } from "../core/context/walkFilter.ts";
import {
  contextLimits,
  walkContext,
  type ContextLimits,
  type ContextWalk,
} from "./buildContextWalk.ts";
import { renewListing } from "./buildContextRenew.ts";
import { readDockerignore } from "./dockerignoreFile.ts";

/** A build context as it was at one time. */
export interface ContextSnapshot {
  readonly listing: ContextListing;
  /** Text of the ignore file that the build uses; undefined where there is none. */
  readonly ignoreText: string | undefined;
  /** Where it is, or where it would be made; absolute. */
  readonly ignorePath: string;
}

/** Which context to keep an eye on. */
export interface ContextRequest {
  /** Absolute. */
  readonly dockerfilePath: string;
  /** Root of the context, absolute. */
  readonly root: string;
  readonly limits?: ContextLimits;
  /** How long changes are gathered before they are looked at; default 200. */
  readonly restMs?: number;
}

/** A build context that is read in the background and renewed as told. */
export interface OpenBuildContext {
  /** The newest snapshot; undefined until the first walk is over. */
  snapshot(): ContextSnapshot | undefined;
  /** Tells of files that were made, changed or deleted, by absolute path; those outside the context do nothing. */
  noteChanges(paths: readonly string[]): void;
  /** Ends when nothing is left to be read. */
  settled(): Promise<void>;
  /** Stops all reading. */
  close(): void;
}

/** With more changes at once a new walk is quicker. */
const mostChanges = 2000;

/**
 * Starts reading a build context, once, and calls `onChange` with every new snapshot. Nothing is ever read twice at the same time, and nothing but
 * names and sizes is read.
 */
export function openBuildContext(
  request: ContextRequest,
  onChange: (snapshot: ContextSnapshot) => void,
): OpenBuildContext {
  const { dockerfilePath, root, restMs = 200 } = request;
  const stopped = new AbortController();
  const pending = new Set<string>();
  let newest: ContextSnapshot | undefined;
  let isReading = true;
  const readNext = async (): Promise<void> => {
    const paths = [...pending];
    pending.clear();
    const next = await readSnapshot(request, newest, paths, stopped.signal);
    if (next === undefined || next === newest || stopped.signal.aborted) return;
    newest = next;
    onChange(next);
  };
  const readOn = async (): Promise<void> => {
    while (pending.size > 0 && !stopped.signal.aborted) {
      await sleep(restMs, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
      if (!stopped.signal.aborted) await readNext();
    }
    isReading = false;
  };
  let work = readNext().then(readOn);
  return {
    snapshot: () => newest,
    noteChanges(paths) {
      const ignores = new Set([`${dockerfilePath}.dockerignore`, newest?.ignorePath]);
      const inside = paths.flatMap(
        (path) => pathInside(root, path) ?? (ignores.has(path) ? [basename(path)] : []),
      );
      if (inside.length === 0 || stopped.signal.aborted) return;
      for (const path of inside) pending.add(path);
      if (isReading) return;
      isReading = true;
      work = readOn();
    },
    settled: () => work,
    close: () => stopped.abort(),
  };
}

/** Looks at the named paths alone where the ignore file is the same and they are few; else walks. Undefined when aborted. */
async function readSnapshot(
  { dockerfilePath, root, limits = contextLimits }: ContextRequest,
  known: ContextSnapshot | undefined,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ContextSnapshot | undefined> {
  const ignore = await readDockerignore({ dockerfilePath, contextFolder: root });
  const walk: ContextWalk = { root, filter: walkFilter(ignore.text), signal, limits };
  const isSameIgnore = known !== undefined && known.ignoreText === ignore.text;
  const renewed =
    isSameIgnore && paths.length <= mostChanges
      ? await renewListing(walk, known.listing, paths)
      : undefined;
  if (renewed !== undefined && renewed === known?.listing) return known;
  const listing = renewed ?? (await walkContext(walk));
  return listing && { listing, ignoreText: ignore.text, ignorePath: ignore.path };
}

/** A path below the root, `/`-separated; undefined outside it and for the root itself. */
function pathInside(root: string, path: string): string | undefined {
  const inside = relative(root, path);
  const isInside = inside !== "" && inside !== ".." && !inside.startsWith(`..${sep}`);
  return isInside && !/^[a-z]:/i.test(inside) ? inside.split(sep).join("/") : undefined;
}
