import { closeSync, openSync, readSync } from "node:fs";
import type { ImageError } from "../core/image/imageError.ts";
import { type Result, fail } from "../core/result.ts";
import { unreadable } from "./layerErrors.ts";
import { type RegionFile, isSystemError } from "./regionReader.ts";
import { type TarFrame, type TarPiece, openTarFrame } from "./tarSplitFrame.ts";
import { type ContentFolder, openContentFolder } from "./tarSplitFolder.ts";

/** Where an engine keeps a layer: what is not content in a file of tar-split, contents as files in a folder. */
export interface SplitPlace {
  readonly path: string;
  readonly folder: string;
}

/**
 * Opens a layer as the tar it was, for the time of one call. Its `length` is infinite until the end has been read. What was passed cannot be read
 * again, except from the piece on in which the last read began. A file that is missing, has another length or is not one is a layer that cannot be read.
 */
export function withTarSplit<T>(
  name: string,
  { path, folder }: SplitPlace,
  use: (file: RegionFile) => Result<T, ImageError>,
): Result<T, ImageError> {
  const opened: { close(): void }[] = [];
  try {
    const descriptor = openSync(path, "r");
    opened.push({ close: () => closeSync(descriptor) });
    const frame = openTarFrame(descriptor);
    opened.push(frame);
    const contents = openContentFolder(folder);
    opened.push(contents);
    const tar = openJoinedTar(frame, contents);
    opened.push(tar);
    const result = use(tar.file);
    const trouble = tar.trouble();
    return result.ok && trouble !== undefined ? fail(unreadable(name, trouble)) : result;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return fail(unreadable(name, `its file gives ${error.code}`));
  } finally {
    for (const one of opened.reverse()) one.close();
  }
}

interface JoinedTar {
  readonly file: RegionFile;
  /** Whether a read gave less than there should be, whoever asked for it. */
  trouble(): string | undefined;
  close(): void;
}

function openJoinedTar(frame: TarFrame, contents: ContentFolder): JoinedTar {
  const pieces = createPieces(frame);
  const bodies = createBodies(contents);
  const readPiece = (
    { piece, start, end }: PlacedPiece,
    into: Uint8Array,
    from: number,
  ): number => {
    const length = Math.min(into.length, end - from);
    if (piece.kind === "content") return bodies.read(piece, into.subarray(0, length), from - start);
    into.set(piece.bytes.subarray(from - start, from - start + length));
    return length;
  };
  return {
    file: {
      get length() {
        return pieces.length();
      },
      read(buffer, at, length, position) {
        let filled = 0;
        let place = pieces.seek(position);
        while (place !== undefined && filled < length) {
          const into = buffer.subarray(at + filled, at + length);
          const count = readPiece(place, into, position + filled);
          if (count <= 0) break;
          filled += count;
          if (position + filled >= place.end) place = pieces.after(place);
        }
        return filled;
      },
    },
    trouble: () => frame.trouble() ?? bodies.trouble(),
    close: bodies.close,
  };
}

interface PlacedPiece {
  readonly piece: TarPiece;
  /** Where it lies in the tar, half-open. */
  readonly start: number;
  readonly end: number;
}

interface Pieces {
  /** The piece at that position; those before it are let go. */
  seek(position: number): PlacedPiece | undefined;
  after(place: PlacedPiece): PlacedPiece | undefined;
  /** Of the tar; infinite until its last piece came. */
  length(): number;
}

function createPieces(frame: TarFrame): Pieces {
  let kept: PlacedPiece[] = [];
  let end = 0;
  let isOver = false;
  const next = (): PlacedPiece | undefined => {
    const piece = frame.next();
    if (piece === undefined) {
      isOver = true;
      return undefined;
    }
    const start = end;
    end += piece.kind === "frame" ? piece.bytes.length : piece.contentBytes;
    return { piece, start, end };
  };
  return {
    seek(position) {
      const at = kept.findIndex((place) => position < place.end);
      if (at >= 0) {
        if (at > 0) kept = kept.slice(at);
        return position < (kept[0]?.start ?? 0) ? undefined : kept[0];
      }
      for (let place = next(); place !== undefined; place = next()) {
        if (position >= place.end) continue;
        kept = [place];
        return place;
      }
      return undefined;
    },
    after(place) {
      const known = kept[kept.indexOf(place) + 1];
      const following = known ?? next();
      if (known === undefined && following !== undefined) kept.push(following);
      return following;
    },
    length: () => (isOver ? end : Infinity),
  };
}

type ContentPiece = Extract<TarPiece, { readonly kind: "content" }>;

interface Bodies {
  read(piece: ContentPiece, into: Uint8Array, from: number): number;
  trouble(): string | undefined;
  readonly close: () => void;
}

/** Contents; the last one stays open, for it is mostly read in several parts. */
function createBodies(contents: ContentFolder): Bodies {
  let last: { readonly piece: ContentPiece; readonly descriptor: number } | undefined;
  let trouble: string | undefined;
  const close = (): void => {
    if (last !== undefined) closeSync(last.descriptor);
    last = undefined;
  };
  const open = (piece: ContentPiece): number | undefined => {
    if (last?.piece === piece) return last.descriptor;
    close();
    const descriptor = contents.open(piece.name, piece.contentBytes);
    if (descriptor !== undefined) last = { piece, descriptor };
    return descriptor;
  };
  return {
    read(piece, into, from) {
      const descriptor = open(piece);
      const count = descriptor === undefined ? 0 : readSync(descriptor, into, 0, into.length, from);
      if (count === 0) trouble ??= "a file of it is not what its tar says";
      return count;
    },
    trouble: () => trouble,
    close,
  };
}
