import type { LayerEntry } from "./layerEntry.ts";
import { blockBytes, paddedBytes } from "./tarFields.ts";
import {
  type TarLimits,
  type TarParser,
  type TarRefusal,
  type TarStep,
  createTarParser,
  isOpen,
  readExtension,
  readHeader,
} from "./tarParser.ts";

/** Who listens to a tar that comes as a stream. */
export interface TarListener {
  /** The entry is overwritten by the next; its `bodyOffset` is set. `storedBytes` come as `body`. */
  entry(entry: LayerEntry, storedBytes: number): TarRefusal | undefined;
  /** Bytes chunk[start … end) of the last entry's body; not called for empty bodies. */
  body(chunk: Uint8Array, start: number, end: number): void;
  /**
   * Takes entries of which the first begins at chunk[at], `offset` of the tar, and tells where the next header is: `offset` where it takes none. These come by no other
   * way; where it is undefined none are taken.
   */
  take?(chunk: Uint8Array, at: number, offset: number): number | TarRefusal;
  /** The body is complete; also called for empty ones. */
  bodyEnd(): void;
}

/** A tar that comes chunk by chunk. */
export interface TarStream {
  /** Takes the next bytes; the chunk is not kept. After a refusal nothing more is read. */
  push(chunk: Uint8Array): TarRefusal | undefined;
  /** Call after the last byte: a refusal when something is missing. `isMarked` tells whether the zero block that ends a tar was there. */
  finish(): TarRefusal | { readonly kind: "finished"; readonly isMarked: boolean };
  /** Whether both of the zero blocks that end a tar were there: nothing but zeros may follow. */
  isEnded(): boolean;
  /** Bytes so far. */
  tarBytes(): number;
}

/** Reads a tar of which the bytes come in any portions. Bodies pass through and are never kept. */
export function createTarStream(listener: TarListener, limits: TarLimits): TarStream {
  const header = new Uint8Array(blockBytes);
  const state: State = {
    listener,
    parser: createTarParser(header, limits),
    header,
    extension: new Uint8Array(0),
    phase: "header",
    filled: 0,
    remaining: 0,
    padding: 0,
    zeroBytes: 0,
    offset: 0,
  };
  let refusal: TarRefusal | undefined;
  return {
    push(chunk) {
      refusal ??= pushChunk(state, chunk);
      return refusal;
    },
    finish() {
      if (refusal !== undefined) return refusal;
      if (state.phase === "ended") return { kind: "finished", isMarked: true };
      const isWhole = state.phase === "header" && state.filled === 0 && !isOpen(state.parser);
      if (isWhole) return { kind: "finished", isMarked: false };
      return { kind: "malformed", reason: "the tar is cut off" };
    },
    isEnded: () => state.zeroBytes >= blockBytes,
    tarBytes: () => state.offset,
  };
}

interface State {
  readonly listener: TarListener;
  readonly parser: TarParser;
  readonly header: Uint8Array;
  extension: Uint8Array;
  /** What the next bytes are. */
  phase: "header" | "extension" | "body" | "padding" | "ended";
  /** Of the header or extension being collected. */
  filled: number;
  /** Of the body. */
  remaining: number;
  /** Behind the body or extension. */
  padding: number;
  /** Behind the first zero block. */
  zeroBytes: number;
  offset: number;
}

function pushChunk(state: State, chunk: Uint8Array): TarRefusal | undefined {
  const start = state.offset;
  for (let at = 0; at < chunk.length;) {
    const taken = take(state, chunk, at);
    if (typeof taken !== "number") return taken;
    at += taken;
    state.offset = start + at;
  }
  return undefined;
}

/** Takes some bytes in the present phase and tells how many. */
function take(state: State, chunk: Uint8Array, at: number): number | TarRefusal {
  const available = chunk.length - at;
  switch (state.phase) {
    case "header":
      return state.filled === 0 && !isOpen(state.parser)
        ? takeEntries(state, chunk, at)
        : takeHeader(state, chunk, at);
    case "extension":
      return takeExtension(state, chunk, at);
    case "body": {
      const taken = Math.min(available, state.remaining);
      state.listener.body(chunk, at, at + taken);
      state.remaining -= taken;
      if (state.remaining === 0) endBody(state);
      return taken;
    }
    case "padding": {
      const taken = Math.min(available, state.padding);
      state.padding -= taken;
      if (state.padding === 0) state.phase = "header";
      return taken;
    }
    case "ended":
      state.zeroBytes += available;
      return isZero(chunk, at) ? available : behindEnd;
  }
}

const behindEnd: TarRefusal = { kind: "malformed", reason: "something follows the end of the tar" };

/** As many entries as the listener takes, or part of a header. */
function takeEntries(state: State, chunk: Uint8Array, at: number): number | TarRefusal {
  const { listener, offset } = state;
  const next = listener.take?.(chunk, at, offset) ?? offset;
  if (typeof next !== "number") return next;
  if (next === offset) return takeHeader(state, chunk, at);
  const taken = Math.min(next - offset, chunk.length - at);
  passOver(state, next - offset - taken);
  return taken;
}

function takeHeader(state: State, chunk: Uint8Array, at: number): number | TarRefusal {
  const taken = Math.min(chunk.length - at, blockBytes - state.filled);
  state.header.set(chunk.subarray(at, at + taken), state.filled);
  state.filled += taken;
  if (state.filled < blockBytes) return taken;
  state.filled = 0;
  return follow(state, readHeader(state.parser, 0), state.offset + taken) ?? taken;
}

function takeExtension(state: State, chunk: Uint8Array, at: number): number | TarRefusal {
  const { extension } = state;
  const taken = Math.min(chunk.length - at, extension.length - state.filled);
  extension.set(chunk.subarray(at, at + taken), state.filled);
  state.filled += taken;
  if (state.filled < extension.length) return taken;
  return endExtension(state, state.offset + taken) ?? taken;
}

function endExtension(state: State, offset: number): TarRefusal | undefined {
  const { extension } = state;
  const padding = paddedBytes(extension.length) - extension.length;
  state.filled = 0;
  const step = readExtension(state.parser, extension);
  if (step !== "skip") return follow(state, step, offset);
  passOver(state, padding);
  return undefined;
}

/** Turns to what comes after a header; `offset` is where that begins. */
function follow(state: State, step: TarStep, offset: number): TarRefusal | undefined {
  const { storedBytes } = state.parser;
  switch (step) {
    case "end":
      state.phase = "ended";
      return undefined;
    case "skip":
      passOver(state, paddedBytes(storedBytes));
      return undefined;
    case "extension":
      state.phase = "extension";
      state.extension = new Uint8Array(storedBytes);
      return storedBytes === 0 ? endExtension(state, offset) : undefined;
    case "entry":
      return beginBody(state, storedBytes, offset);
    default:
      return step;
  }
}

function beginBody(state: State, storedBytes: number, offset: number): TarRefusal | undefined {
  const { entry } = state.parser;
  entry.bodyOffset = storedBytes === 0 ? -1 : offset;
  const refusal = state.listener.entry(entry, storedBytes);
  state.phase = "body";
  state.remaining = storedBytes;
  state.padding = paddedBytes(storedBytes) - storedBytes;
  if (storedBytes === 0) endBody(state);
  return refusal;
}

function endBody(state: State): void {
  state.listener.bodyEnd();
  passOver(state, state.padding);
}

function passOver(state: State, bytes: number): void {
  state.padding = bytes;
  state.phase = bytes === 0 ? "header" : "padding";
}

function isZero(chunk: Uint8Array, from: number): boolean {
  for (let at = from; at < chunk.length; at += 1) if (chunk[at] !== 0) return false;
  return true;
}
