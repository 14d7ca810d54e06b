import { crc32 } from "node:zlib";
import type { ImageError } from "../core/image/imageError.ts";
import { type LayerBuilder, createLayerBuilder } from "../core/image/layerBuilder.ts";
import { blockBytes, paddedBytes } from "../core/image/tarFields.ts";
import { type TarRefusal, type TarStep, createTarParser } from "../core/image/tarParser.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import type { LayerEntry } from "../core/image/layerEntry.ts";
import { boundBuilder } from "./entryLimits.ts";
import { openFileWindow, readWhole } from "./fileWindow.ts";
import { tarError } from "./layerErrors.ts";
import type { ReadLayer } from "./layerIndexer.ts";
import type { Limits } from "./limits.ts";
import { type SeekPlace, noteEvidence } from "./seekEvidence.ts";
import { type RegionFile, readPortions, sha256OfRegion } from "./regionReader.ts";

/** How much is read where a header is looked for. Small files bring the next headers with them. */
const readAheadBytes = 8 * 1024;

/** Bodies up to this length are read along and hashed: that costs less than to come back for those whose content must be compared. Larger ones are never read. */
const smallBodyBytes = 4 * 1024;

/**
 * Indexes an uncompressed layer by seeking from header to header. Only small contents are hashed, and only a tar without an end mark is read as a whole,
 * for its digest. `onPosition` is told how far it has come.
 */
export function readPlainLayer(
  name: string,
  file: RegionFile,
  limits: Limits,
  onPosition: (position: number) => void,
): Result<ReadLayer, ImageError> {
  const builder = createLayerBuilder();
  const seeker = createSeeker(file, limits, builder);
  for (;;) {
    const refusal = seeker.step();
    if (refusal === "end") break;
    if (refusal !== undefined) return fail(tarError(name, refusal));
    onPosition(seeker.position());
  }
  const isMarked = seeker.position() < file.length;
  if (isMarked && !isZero(file, seeker.position())) {
    return fail(
      tarError(name, { kind: "malformed", reason: "something follows the end of the tar" }),
    );
  }
  const diffId = isMarked ? undefined : sha256OfRegion(file);
  return succeed({ index: builder.finish(file.length), diffId, isMarked });
}

interface Seeker {
  /** Goes past one header and what belongs to it. */
  step(): TarRefusal | "end" | undefined;
  /** Where the next header is expected, or the end of the tar begins. */
  position(): number;
}

const cutOff: TarRefusal = { kind: "malformed", reason: "the tar is cut off" };

function createSeeker(file: RegionFile, limits: Limits, builder: LayerBuilder): Seeker {
  const window = openFileWindow(file, readAheadBytes);
  const parser = createTarParser(window.memory, limits);
  const bounded = boundBuilder(builder, limits);
  let position = 0;
  const follow = (step: TarStep): TarRefusal | undefined => {
    const storedBytes = parser.storedBytes();
    const bodyAt = position;
    if (step !== "end") position += paddedBytes(storedBytes);
    switch (step) {
      case "end":
      case "skip":
        return undefined;
      case "extension": {
        const body = new Uint8Array(storedBytes);
        if (readWhole(file, body, bodyAt) < storedBytes) return cutOff;
        const extended = parser.extend(body);
        return extended === "skip" ? undefined : follow(extended);
      }
      case "entry": {
        parser.entry.bodyOffset = storedBytes === 0 ? -1 : bodyAt;
        const added = bounded.add(parser.entry);
        if (typeof added !== "number") return added;
        return lookInside({ file, window, builder }, parser.entry, added);
      }
      default:
        return step;
    }
  };
  return {
    position: () => position,
    step() {
      if (position === file.length) return parser.isOpen() ? cutOff : "end";
      const at = position > file.length ? -1 : window.bring(position, blockBytes);
      if (at < 0) return cutOff;
      const step = parser.header(at);
      if (step === "end") return "end";
      position += blockBytes;
      return follow(step);
    },
  };
}

/** Keeps and hashes what is cheap to have. */
function lookInside(place: SeekPlace, entry: LayerEntry, handle: number): TarRefusal | undefined {
  const { contentBytes, bodyOffset, isSparse, kind } = entry;
  if (handle < 0 || isSparse || kind !== "file") return undefined;
  const { window, builder } = place;
  if (contentBytes > 0 && contentBytes <= smallBodyBytes) {
    const at = window.bring(bodyOffset, contentBytes);
    if (at < 0) return cutOff;
    builder.noteContentHash(handle, crc32(window.memory.subarray(at, at + contentBytes)));
  }
  return noteEvidence(place, entry, handle) ? undefined : cutOff;
}

function isZero(file: RegionFile, position: number): boolean {
  let isAllZero = true;
  readPortions(file, position, file.length - position, (portion) => {
    isAllZero &&= portion.every((byte) => byte === 0);
  });
  return isAllZero;
}
