import { createHash, type Hash } from "node:crypto";
import type { TarRefusal } from "../core/image/tarParser.ts";
import { createTarStream } from "../core/image/tarStream.ts";
import type { WantedPart } from "./archiveTask.ts";
import { createDecoder, sniffCompression, sniffedBytes } from "./decoder.ts";
import type { Decoder } from "./decoding.ts";
import type { Limits } from "./limits.ts";
import { createPartIntake, type PartIntake } from "./partIntake.ts";
import { archiveLimits, entryName } from "./tarFiles.ts";

/** Finds a part of one layer in an archive that comes as a stream. */
export interface ArchivePartReader {
  /** Takes the next bytes of the uncompressed archive; a refusal when nothing more is to come, also when the part is there. */
  readonly push: (chunk: Uint8Array) => TarRefusal | undefined;
  /** The part; undefined when it did not come. */
  bytes(): Uint8Array | undefined;
  /** Frees what is outside the heap; safe to call twice. */
  close(): void;
}

/** Ends the pumping. */
const enough: TarRefusal = { kind: "malformed", reason: "the part is read" };

/**
 * A reader at the beginning of its archive. A file that is known to hold the layer is read up to the end of the part; of all others the
 * same part is kept until their digest says whether they are the layer. One part at a time is in memory.
 */
export function createPartReader(wanted: WantedPart, limits: Limits): ArchivePartReader {
  const names = new Set(wanted.names);
  let entries = 0;
  let candidate: Candidate | undefined;
  let found: Uint8Array | undefined;
  const drop = (): void => {
    candidate?.close();
    candidate = undefined;
  };
  const tar = createTarStream(
    {
      entry(entry) {
        drop();
        entries += 1;
        const most = archiveLimits.entries;
        if (entries > most) return { kind: "limit", limit: `${most} files` };
        const name = entryName(entry);
        if (name === undefined || entry.kind !== "file" || found !== undefined) return undefined;
        candidate = createCandidate(wanted, names.has(name), limits);
        return undefined;
      },
      body(chunk, start, end) {
        candidate?.push(chunk.subarray(start, end));
        found ??= candidate?.known();
      },
      bodyEnd() {
        found ??= candidate?.finish();
        drop();
      },
    },
    archiveLimits.tar,
  );
  return {
    push: (chunk) => {
      const refusal = tar.push(chunk);
      return found === undefined ? refusal : enough;
    },
    bytes: () => found,
    close: drop,
  };
}

/** A file of the archive that may be the layer. */
interface Candidate {
  push(stored: Uint8Array): void;
  /** The part as soon as it is there, of a file that needs no proof. */
  known(): Uint8Array | undefined;
  /** The part, once the digest of the whole file agrees. */
  finish(): Uint8Array | undefined;
  close(): void;
}

function createCandidate(wanted: WantedPart, isKnown: boolean, limits: Limits): Candidate {
  const intake = createPartIntake(wanted);
  const sha256 = isKnown ? undefined : createHash("sha256");
  let head: Uint8Array | undefined = new Uint8Array(0);
  let decoder: Decoder | undefined;
  let isOver = false;
  const feed = (stored: Uint8Array): void => {
    if (isOver) return;
    const trouble = decoder?.push(stored);
    if (trouble !== undefined) isOver = true;
  };
  const start = (first: Uint8Array): void => {
    head = undefined;
    decoder = decoderOf(first, intake, sha256, limits);
    isOver = decoder === undefined;
    feed(first);
  };
  const ready = (): Uint8Array | undefined => (intake.isFull() ? intake.bytes : undefined);
  return {
    push(stored) {
      if (head === undefined) return feed(stored);
      head = Buffer.concat([head, stored]);
      if (head.length >= sniffedBytes) start(head);
    },
    known: () => (isKnown ? ready() : undefined),
    finish() {
      if (head !== undefined) start(head);
      const isWhole = !isOver && decoder?.finish() === undefined;
      if (sha256 === undefined) return ready();
      return isWhole && `sha256:${sha256.digest("hex")}` === wanted.diffId ? ready() : undefined;
    },
    close: () => decoder?.close(),
  };
}

/** Undefined for a file in a compression that is not read. */
function decoderOf(
  head: Uint8Array,
  intake: PartIntake,
  sha256: Hash | undefined,
  { tarBytes }: Limits,
): Decoder | undefined {
  const compression = sniffCompression(head);
  if (typeof compression !== "string") return undefined;
  let decodedBytes = 0;
  return createDecoder(compression, (chunk) => {
    decodedBytes += chunk.length;
    intake.take(chunk);
    sha256?.update(chunk);
    return decodedBytes <= tarBytes;
  });
}
