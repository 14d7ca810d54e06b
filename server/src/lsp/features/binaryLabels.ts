import { describeImageError, type ElfMap, formatSize } from "../../core/analysis.ts";
import type { FileContent } from "../../io/fileContent.ts";
import { labelBinary } from "../../io/labelBinary.ts";
import type { FileAddress, FileParams } from "../../protocol/files.ts";
import type { Server } from "../serverParts.ts";
import { findFile } from "./fileFinding.ts";
import { readLayerFile } from "./layerFile.ts";

/** What came of labelling a file. */
export type LabelOutcome =
  | { readonly kind: "labels"; readonly map: ElfMap }
  /** One sentence for a person. */
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "cancelled" };

/** Labels binaries of images, one after the other, and remembers the newest. */
export interface BinaryLabels {
  labelsOf(params: FileParams, signal: AbortSignal): Promise<LabelOutcome>;
}

/** A longer file is not read: all of it is in memory while it is labelled. */
const mostBytes = 512 * 2 ** 20;
/** Maps that are remembered, and nodes of one: all that any view draws. */
const mostRemembered = 24;
const mostNodes = 5000;

/** Nothing labelled yet. */
export function createBinaryLabels(server: Server): BinaryLabels {
  // By layer and path, so that they never go stale; the newest last.
  const known = new Map<string, Labelled>();
  let last: Promise<unknown> = Promise.resolve();
  const label = async (address: FileAddress, signal: AbortSignal): Promise<LabelOutcome> => {
    const key = JSON.stringify([address.diffId, address.path]);
    const labelled = known.get(key) ?? (await readAndLabel(server, address, signal));
    known.delete(key);
    if (labelled.isLasting) known.set(key, labelled);
    const [oldest] = known.keys();
    if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest);
    return labelled.outcome;
  };
  return {
    async labelsOf(params, signal) {
      const found = findFile(server, params);
      if (found.kind === "none") return { kind: "refused", message: found.message };
      if (found.kind === "link") return refused(`${params.path} is a link to ${found.target}.`);
      if (found.contentBytes > mostBytes) return tooLarge(params.path, found.contentBytes);
      const work = last.then(() => label(found.address, signal));
      last = work.catch(() => undefined);
      return work;
    },
  };
}

/** What the bytes of a file say lasts as they do; trouble on the way to them need not come again. */
interface Labelled {
  readonly outcome: LabelOutcome;
  readonly isLasting: boolean;
}

async function readAndLabel(
  server: Server,
  address: FileAddress,
  signal: AbortSignal,
): Promise<Labelled> {
  const file = await readLayerFile(server, address, { maxBytes: mostBytes }, signal);
  switch (file.kind) {
    case "read":
      return labelContent(file.content, address.path, signal);
    case "rebuilt":
      return forNow(refused("The image was built anew: look at it again."));
    case "failed":
      return forNow(refused(describeImageError(file.error)));
    case "cancelled":
      return forNow(file);
  }
}

async function labelContent(
  content: FileContent,
  path: string,
  signal: AbortSignal,
): Promise<Labelled> {
  if (content.kind === "too-large") return forGood(tooLarge(path, content.contentBytes));
  if (content.kind !== "file") {
    return forGood(refused(`The content of ${path} cannot be read by itself.`));
  }
  const labelled = await labelBinary(content.bytes, { limit: mostNodes, signal });
  if (signal.aborted) return forNow({ kind: "cancelled" });
  if (!labelled.ok) return forNow(refused(describeImageError(labelled.error)));
  return forGood(
    labelled.value === undefined
      ? refused(`${path} is no ELF file, so nothing says what its bytes are for.`)
      : { kind: "labels", map: labelled.value },
  );
}

function forGood(outcome: LabelOutcome): Labelled {
  return { outcome, isLasting: true };
}

function forNow(outcome: LabelOutcome): Labelled {
  return { outcome, isLasting: false };
}

function tooLarge(path: string, bytes: number): LabelOutcome {
  const most = formatSize(mostBytes);
  return refused(`${path} has ${formatSize(bytes)}: binaries of more than ${most} are not opened.`);
}

function refused(message: string): LabelOutcome {
  return { kind: "refused", message };
}
