import type { ImageError } from "../core/image/imageError.ts";
import { createLayerBuilder } from "../core/image/layerBuilder.ts";
import { blockBytes, paddedBytes } from "../core/image/tarFields.ts";
import { type TarRefusal, type TarStep, createTarParser } from "../core/image/tarParser.ts";
import { type Result, fail, succeed } from "../core/result.ts";
import { type BoundedBuilder, boundBuilder } from "./entryLimits.ts";
import { tarError } from "./layerErrors.ts";
import type { ReadLayer } from "./layerIndexer.ts";
import type { Limits } from "./limits.ts";
import { type RegionFile, readPortions, sha256OfRegion } from "./regionReader.ts";

/** How much is read where a header is looked for: small files bring the next header with them, the bodies of large ones are never read. */
const readAheadBytes = 16 * 1024;

/**
 * Indexes an uncompressed layer by seeking from header to header. Content is not hashed. Only a tar without an end mark is read as a whole,
 * for its digest. `onPosition` is told how far it has come.
 */
export function readPlainLayer(
  name: string,
  file: RegionFile,
  limits: Limits,
  onPosition: (position: number) => void,
): Result<ReadLayer, ImageError> {
  const builder = createLayerBuilder();
  const seeker = createSeeker(file, limits, boundBuilder(builder, limits));
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

function createSeeker(file: RegionFile, limits: Limits, builder: BoundedBuilder): Seeker {
  const memory = new Uint8Array(readAheadBytes);
  const parser = createTarParser(memory, limits);
  let position = 0;
  let windowStart = 0;
  let windowEnd = 0;
  const follow = (step: TarStep): TarRefusal | undefined => {
    const storedBytes = parser.storedBytes();
    switch (step) {
      case "end":
        return undefined;
      case "skip":
        position += paddedBytes(storedBytes);
        return undefined;
      case "extension":
        return extend(storedBytes);
      case "entry": {
        parser.entry.bodyOffset = storedBytes === 0 ? -1 : position;
        position += paddedBytes(storedBytes);
        const added = builder.add(parser.entry);
        return typeof added === "number" ? undefined : added;
      }
      default:
        return step;
    }
  };
  const extend = (bodyBytes: number): TarRefusal | undefined => {
    const body = new Uint8Array(bodyBytes);
    if (readWhole(file, body, position) < bodyBytes) return cutOff;
    position += paddedBytes(bodyBytes);
    const step = parser.extend(body);
    return step === "skip" ? undefined : follow(step);
  };
  return {
    position: () => position,
    step() {
      if (position === file.length) return parser.isOpen() ? cutOff : "end";
      if (position + blockBytes > file.length) return cutOff;
      if (position < windowStart || position + blockBytes > windowEnd) {
        windowStart = position;
        windowEnd = position + readWhole(file, memory, position);
        if (position + blockBytes > windowEnd) return cutOff;
      }
      const step = parser.header(position - windowStart);
      if (step === "end") return "end";
      position += blockBytes;
      return follow(step);
    },
  };
}

/** Reads until the buffer is full or the region ends; a read may give less than was asked for. */
function readWhole(file: RegionFile, buffer: Uint8Array, position: number): number {
  let filled = 0;
  while (filled < buffer.length && position + filled < file.length) {
    const count = file.read(buffer, filled, buffer.length - filled, position + filled);
    if (count <= 0) break;
    filled += count;
  }
  return filled;
}

function isZero(file: RegionFile, position: number): boolean {
  let isAllZero = true;
  readPortions(file, position, file.length - position, (portion) => {
    isAllZero &&= portion.every((byte) => byte === 0);
  });
  return isAllZero;
}
