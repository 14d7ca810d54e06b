import { constants, createInflateRaw } from "node:zlib";
import { type Decoder, cutOff, trailing } from "./decoding.ts";
import { type GzipHeader, createGzipHeader } from "./gzipFraming.ts";
import { streamCrc } from "./streamCrc.ts";
import { type SyncWrite, type TakeDecoded, createSyncWrite } from "./syncZlib.ts";

/**
 * Inflates gzip. Members one after the other are one stream (eStargz); zeros may follow the last, as tape blocks left them. Each member is held
 * against its checksum. RFC 1952 § 2.2.
 */
export function createGzipDecoder(take: TakeDecoded, output: Uint8Array): Decoder {
  const stream = createInflateRaw();
  const takeMember: TakeDecoded = (chunk) => {
    state.memberBytes += chunk.length;
    state.crc = streamCrc(chunk, state.crc);
    return take(chunk);
  };
  const state: State = {
    write: createSyncWrite(stream, takeMember, output),
    reset: () => stream.reset(),
    phase: "header",
    header: createGzipHeader(),
    trailer: new Uint8Array(8),
    filled: 0,
    members: 0,
    crc: 0,
    memberBytes: 0,
  };
  return {
    push(chunk) {
      for (let at = 0; at < chunk.length;) {
        const next = advance(state, chunk, at);
        if (typeof next === "string") return next;
        at = next;
      }
      return undefined;
    },
    finish() {
      const isBetween = state.phase === "header" && state.header.isEmpty() && state.members > 0;
      return isBetween || state.phase === "padding" ? undefined : cutOff;
    },
    close: () => stream.close(),
  };
}

interface State {
  readonly write: SyncWrite;
  readonly reset: () => void;
  phase: "header" | "data" | "trailer" | "padding";
  header: GzipHeader;
  readonly trailer: Uint8Array;
  filled: number;
  members: number;
  /** Of the member so far. */
  crc: number;
  memberBytes: number;
}

/** Takes some bytes from chunk[at …) and tells where it stopped, or what is wrong. */
function advance(state: State, chunk: Uint8Array, at: number): number | string {
  switch (state.phase) {
    case "header":
      return takeHeader(state, chunk, at);
    case "data": {
      const rest = state.write(chunk, at, constants.Z_NO_FLUSH);
      if (typeof rest === "string") return rest;
      if (rest > 0) state.phase = "trailer";
      return chunk.length - rest;
    }
    case "trailer":
      return takeTrailer(state, chunk, at);
    case "padding":
      return chunk.subarray(at).every((byte) => byte === 0) ? chunk.length : trailing;
  }
}

function takeHeader(state: State, chunk: Uint8Array, at: number): number | string {
  if (state.members > 0 && state.header.isEmpty() && chunk[at] === 0) {
    state.phase = "padding";
    return at;
  }
  const next = state.header.take(chunk, at);
  if (next < 0) return trailing;
  if (!state.header.isDone()) return next;
  if (state.members > 0) state.reset();
  state.members += 1;
  state.memberBytes = 0;
  state.crc = 0;
  state.phase = "data";
  return next;
}

function takeTrailer(state: State, chunk: Uint8Array, at: number): number | string {
  const { trailer } = state;
  const taken = Math.min(trailer.length - state.filled, chunk.length - at);
  trailer.set(chunk.subarray(at, at + taken), state.filled);
  state.filled += taken;
  if (state.filled < trailer.length) return at + taken;
  const stated = new DataView(trailer.buffer);
  const isIntact =
    stated.getUint32(0, true) === state.crc &&
    stated.getUint32(4, true) === state.memberBytes % 2 ** 32;
  state.filled = 0;
  state.header = createGzipHeader();
  state.phase = "header";
  return isIntact ? at + taken : "its compressed data is damaged: incorrect data check";
}
