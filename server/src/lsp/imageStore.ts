import type { Image, ImageError } from "../core/analysis.ts";
import type { OpenedImage, ReadProgress } from "../io/imageSource.ts";
import type { Host, ImageRequest, Stop } from "./host.ts";
import type { Shield } from "./shield.ts";

/** What is known of an image now. */
export interface ImageSnapshot {
  readonly state: "looking" | "reading" | "read" | "failed";
  /** Undefined until it is described; with `failed` what was known before its files could not be read. */
  readonly image: Image | undefined;
  readonly error: ImageError | undefined;
}

/** Shows that an image is being read, and lets the user stop it. */
export interface ReadingProgress {
  report(progress: ReadProgress): void;
  done(): void;
}

/** A share in an image, for as long as a document needs it. */
export interface HeldImage {
  readonly request: ImageRequest;
  snapshot(): ImageSnapshot;
  /** The user wants it looked at again: reads it also when its reading was stopped or failed before. What has not changed is not read twice. */
  refresh(): void;
  release(): void;
}

/** The images that open documents need: each described at once, read in the background, renewed when it changes, forgotten with its last document. */
export interface ImageStore {
  /** Calls `onChange` whenever the snapshot is another one; never during the call itself. */
  hold(request: ImageRequest, onChange: () => void): HeldImage;
  /** Something may have changed: looks at all images again. */
  renewAll(): void;
  /** Stops all work. */
  close(): void;
}

/** What the store needs beside the images themselves. */
export interface ImageStoreOptions {
  readonly host: Host;
  readonly shield: Shield;
  readonly startProgress: (reference: string, cancel: () => void) => ReadingProgress;
}

interface Entry {
  readonly key: string;
  readonly request: ImageRequest;
  readonly listeners: Set<() => void>;
  snapshot: ImageSnapshot;
  /** Aborts the newest opening of the image. */
  opening: AbortController;
  /** The reading that goes on now. */
  reading: Reading | undefined;
  /** `identityOf` the image that was read last, or that could not be read; it is not read again unless the user asks. */
  settledAs: string | undefined;
  readonly stopWatch: Stop;
}

interface Reading {
  readonly identity: string;
  readonly controller: AbortController;
}

/** Images read at the same time: each read uses all cores by itself, two keep a small image from waiting for a large one. */
const readsAtOnce = 2;
/** Reading that takes no longer shows no progress. */
const quietMs = 400;

/** An empty store. */
export function createImageStore(options: ImageStoreOptions): ImageStore {
  const { host, shield } = options;
  const entries = new Map<string, Entry>();
  const slots: Slots = { free: readsAtOnce, waiting: [] };

  const renew = (entry: Entry): void => {
    entry.opening.abort();
    entry.opening = new AbortController();
    const { signal } = entry.opening;
    shield.inBackground(() => look(entry, signal, options, slots));
  };
  const open = (key: string, request: ImageRequest): Entry => {
    const entry: Entry = {
      ...newEntry(key, request),
      stopWatch: host.watchFiles(request, () => renew(entry)),
    };
    entries.set(key, entry);
    renew(entry);
    return entry;
  };
  const close = (entry: Entry): void => {
    entry.opening.abort();
    entry.reading?.controller.abort();
    entry.stopWatch();
    entries.delete(entry.key);
  };
  return {
    hold(request, onChange) {
      const key = JSON.stringify(request);
      const entry = entries.get(key) ?? open(key, request);
      const listener = (): void => onChange();
      entry.listeners.add(listener);
      return {
        request,
        snapshot: () => entry.snapshot,
        refresh() {
          if (entry.snapshot.state === "failed") entry.settledAs = undefined;
          renew(entry);
        },
        release() {
          entry.listeners.delete(listener);
          if (entry.listeners.size === 0 && entries.get(key) === entry) close(entry);
        },
      };
    },
    renewAll: () => entries.forEach(renew),
    close: () => entries.forEach(close),
  };
}

function newEntry(key: string, request: ImageRequest): Omit<Entry, "stopWatch"> {
  return {
    key,
    request,
    listeners: new Set(),
    snapshot: { state: "looking", image: undefined, error: undefined },
    opening: new AbortController(),
    reading: undefined,
    settledAs: undefined,
  };
}

/** One look at an image: open, describe, read unless it is the one that is known or being read. Says nothing once the signal is aborted. */
async function look(
  entry: Entry,
  signal: AbortSignal,
  options: ImageStoreOptions,
  slots: Slots,
): Promise<void> {
  const opened = await options.host.openImage(entry.request, signal);
  if (!opened.ok) {
    if (signal.aborted) return;
    entry.reading?.controller.abort();
    entry.settledAs = undefined;
    publish(entry, { state: "failed", image: undefined, error: opened.error });
    return;
  }
  const image = opened.value;
  try {
    const identity = identityOf(image);
    if (signal.aborted || identity === entry.settledAs) return;
    if (identity === entry.reading?.identity) return;
    entry.reading?.controller.abort();
    const reading: Reading = { identity, controller: new AbortController() };
    entry.reading = reading;
    const described: Image = { state: "described", description: image.description };
    publish(entry, { state: "reading", image: described, error: undefined });
    await inSlot(slots, () => read(entry, reading, image, options));
    if (entry.reading === reading) entry.reading = undefined;
  } finally {
    await image.close();
  }
}

/** Equal for two images that are the same to the last byte sent by a registry. */
function identityOf({ description: { imageId, layers } }: OpenedImage): string {
  return JSON.stringify([imageId, layers]);
}

async function read(
  entry: Entry,
  { identity, controller: { signal } }: Reading,
  opened: OpenedImage,
  { host, startProgress }: ImageStoreOptions,
): Promise<void> {
  if (signal.aborted) return;
  const user = new AbortController();
  let progress: ReadingProgress | undefined;
  const stopTimer = host.after(quietMs, () => {
    progress = startProgress(entry.request.reference, () => user.abort());
  });
  const result = await opened.read({
    signal: AbortSignal.any([signal, user.signal]),
    onProgress: (state) => progress?.report(state),
  });
  stopTimer();
  progress?.done();
  if (signal.aborted) return;
  const { description } = opened;
  entry.settledAs = identity;
  publish(
    entry,
    result.ok
      ? {
          state: "read",
          image: { state: "read", description: result.value.description, read: result.value },
          error: undefined,
        }
      : { state: "failed", image: { state: "described", description }, error: result.error },
  );
}

function publish(entry: Entry, snapshot: ImageSnapshot): void {
  entry.snapshot = snapshot;
  entry.listeners.forEach((listener) => listener());
}

/** Work that takes turns. */
interface Slots {
  free: number;
  readonly waiting: (() => void)[];
}

async function inSlot(slots: Slots, work: () => Promise<void>): Promise<void> {
  if (slots.free > 0) slots.free -= 1;
  else await new Promise<void>((resolve) => slots.waiting.push(resolve));
  try {
    await work();
  } finally {
    const next = slots.waiting.shift();
    if (next === undefined) slots.free += 1;
    else next();
  }
}
