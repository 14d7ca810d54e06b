import type { Analysis } from "../analysis.ts";
import type { CostChange } from "../cost/cost.ts";
import { costChanges } from "../cost/cost.ts";
import type { ReadImage } from "../image/image.ts";
import type { Finding, Saving } from "../rules/rule.ts";
import { formatSize } from "../text/size.ts";
import { savingText } from "./findings.ts";
import { movedBytesOf, withFormula } from "./cost.ts";

/** What a fix takes off the cost of the image's weight. */
export interface SavingCost {
  /** `33 s → 31 s (−2 s) at 10 Mbit/s · … (41 MB → 39 MB × 8 bit ÷ speed)`, then prices that are set, each with its formula. */
  readonly changes: readonly string[];
  /** How the bytes that a pull moves less were told from those that the fix takes off: one sentence. */
  readonly assumption: string;
}

/**
 * What mending a finding takes off a pull of the image and a month of it; undefined without a saving, and until the image is read. Compressed
 * bytes of single files are measured nowhere, so all that follows from them is a prediction, and says so.
 */
export function savingCost(
  analysis: Analysis,
  finding: Pick<Finding, "instruction">,
  saving: Saving | undefined,
): SavingCost | undefined {
  const { image, cost } = analysis;
  if (saving === undefined || saving.bytes === 0 || image?.state !== "read") return undefined;
  const moved = movedBytesOf(image.read);
  const pulled = moved.isCompressed
    ? compressedOf(analysis, image.read, finding, saving)
    : undefined;
  const savedBytes = pulled?.bytes ?? saving.bytes;
  const assumption =
    pulled?.assumption ??
    `If all layers were sent uncompressed, ${formatSize(moved.bytes)}: how small they get is not known here.`;
  return { changes: changeTexts(costChanges(moved, savedBytes, cost)), assumption };
}

/** The share of the compressed layers that these bytes take up if they compress like what lies beside them. */
function compressedOf(
  { attribution }: Analysis,
  read: ReadImage,
  { instruction }: Pick<Finding, "instruction">,
  saving: Saving,
): { readonly bytes: number; readonly assumption: string } | undefined {
  const own = attribution?.instructions[instruction]?.layers ?? [];
  const ownTotals = totalsOf(read, own);
  const isOwn = ownTotals !== undefined && ownTotals.contentBytes >= saving.bytes;
  const totals = isOwn ? ownTotals : totalsOf(read, [...read.layers.keys()]);
  if (totals === undefined) return undefined;
  const { contentBytes, transferBytes } = totals;
  const bytes = Math.round((saving.bytes * transferBytes) / contentBytes);
  const where = isOwn ? "of this line" : "of the image";
  return {
    bytes,
    assumption: `Predicted: ${savingText(saving)} × ${formatSize(transferBytes)} ÷ ${formatSize(contentBytes)} = ${formatSize(bytes)} less to send, if it compresses like all files ${where}.`,
  };
}

/** Undefined where a part is not known, and for layers without files. */
function totalsOf(
  read: ReadImage,
  layers: readonly number[],
): { readonly contentBytes: number; readonly transferBytes: number } | undefined {
  let [contentBytes, transferBytes] = [0, 0];
  for (const layer of layers) {
    const { contentBytes: content, transferBytes: transfer } = read.layers[layer] ?? {};
    if (content === undefined || transfer === undefined) return undefined;
    contentBytes += content;
    transferBytes += transfer;
  }
  return contentBytes === 0 ? undefined : { contentBytes, transferBytes };
}

const kindNames: Readonly<Record<CostChange["kind"], string>> = {
  time: "pull",
  storage: "storage",
  transfer: "transfer",
};

function changeTexts(changes: readonly CostChange[]): readonly string[] {
  return (["time", "storage", "transfer"] as const).flatMap((kind) => {
    const [first, ...others] = changes.filter((change) => change.kind === kind);
    return first === undefined ? [] : [`${kindNames[kind]} ${withFormula([first, ...others])}`];
  });
}
