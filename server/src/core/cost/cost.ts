import { formatSize } from "../text/size.ts";

/** What the user set; nothing is told for what is not set, except the time at `namedSpeeds`. Prices are in the user's currency, whichever it is. */
export interface CostSettings {
  /** Mbit/s, above 0. */
  readonly bandwidthMbits?: number;
  /** For one GB (10^9 B) stored for one month. */
  readonly storagePricePerGb?: number;
  /** For one GB (10^9 B) sent. */
  readonly transferPricePerGb?: number;
  readonly pullsPerMonth?: number;
  /** Written behind amounts: `€`, `USD`. */
  readonly currency?: string;
}

/** The bytes that a pull of the whole image moves. */
export interface MovedBytes {
  readonly bytes: number;
  /** False where the compressed sizes are not known: `bytes` are those of the uncompressed layers then, and all that follows is the most it can be. */
  readonly isCompressed: boolean;
}

/** One thing that weight costs, with how it was reckoned. */
export interface Cost {
  readonly kind: "time" | "storage" | "transfer";
  /** Seconds for `time`, the user's currency in a month for the others. */
  readonly amount: number;
  /** For people: `8 s at 10 Mbit/s`. */
  readonly text: string;
  /** The whole reckoning with every number in it. */
  readonly formula: string;
}

/** One thing that weight costs, before and after some of it is gone. */
export interface CostChange {
  readonly kind: Cost["kind"];
  /** For people: `8 s → 6 s (−2 s) at 10 Mbit/s`. */
  readonly text: string;
  /** As in `Cost`, with the bytes before and after. */
  readonly formula: string;
}

/** Speeds that stand for themselves, Mbit/s: a slow link, an office or home line, a data centre. */
export const namedSpeeds = [
  { name: "slow link", mbits: 10 },
  { name: "office line", mbits: 100 },
  { name: "data centre", mbits: 1000 },
] as const;

/** What the same costs without `savedBytes` of them, beside what it costs with them; in the order of `costsOf`. */
export function costChanges(
  moved: MovedBytes,
  savedBytes: number,
  settings: CostSettings,
): readonly CostChange[] {
  const saved = Math.min(savedBytes, moved.bytes);
  const left = moved.bytes - saved;
  const reckon = (bytes: number) => reckonings({ ...moved, bytes }, settings);
  const [after, gone] = [reckon(left), reckon(saved)];
  return reckon(moved.bytes).map(({ kind, amountText, per, factor }, at) => ({
    kind,
    text: `${amountText} → ${after[at]?.amountText ?? "?"} (−${gone[at]?.amountText ?? "?"}) ${per}`,
    formula: `${formatSize(moved.bytes)} → ${formatSize(left)} ${factor}`,
  }));
}

/**
 * What a pull, and a month, of these bytes costs: times at the named speeds and the set one, then storage, then transfer. Assumes that
 * nothing of the image is there already and counts the wire alone, no unpacking.
 */
export function costsOf(moved: MovedBytes, settings: CostSettings): readonly Cost[] {
  const most = moved.isCompressed ? "" : "at most ";
  return reckonings(moved, settings).map(({ kind, amount, amountText, per, factor }) => ({
    kind,
    amount,
    text: `${most}${amountText} ${per}`,
    formula: `${formatSize(moved.bytes)} ${factor}`,
  }));
}

/** One cost in the parts that its texts are made of. */
interface Reckoning extends Pick<Cost, "kind" | "amount"> {
  /** `8 s` */
  readonly amountText: string;
  /** `at 10 Mbit/s` */
  readonly per: string;
  /** What the bytes are multiplied with: `× 8 bit ÷ 10 Mbit/s`. */
  readonly factor: string;
}

function reckonings(moved: MovedBytes, settings: CostSettings): readonly Reckoning[] {
  const { bandwidthMbits } = settings;
  const speeds = [
    ...namedSpeeds,
    ...(bandwidthMbits === undefined ? [] : [{ name: "set", mbits: bandwidthMbits }]),
  ];
  return [
    ...speeds.map(({ mbits }) => timeCost(moved, mbits)),
    ...storageCost(moved, settings),
    ...transferCost(moved, settings),
  ];
}

function timeCost(moved: MovedBytes, mbits: number): Reckoning {
  const amount = (moved.bytes * 8) / (mbits * 1e6);
  const speed = mbits >= 1000 ? `${mbits / 1000} Gbit/s` : `${mbits} Mbit/s`;
  return {
    kind: "time",
    amount,
    amountText: formatSeconds(amount),
    per: `at ${speed}`,
    factor: `× 8 bit ÷ ${speed}`,
  };
}

function storageCost(moved: MovedBytes, settings: CostSettings): readonly Reckoning[] {
  const { storagePricePerGb } = settings;
  if (storagePricePerGb === undefined) return [];
  const amount = (moved.bytes / 1e9) * storagePricePerGb;
  return [
    {
      kind: "storage",
      amount,
      amountText: formatAmount(amount, settings),
      per: "a month to store it once",
      factor: `× ${formatAmount(storagePricePerGb, settings)} per GB and month`,
    },
  ];
}

function transferCost(moved: MovedBytes, settings: CostSettings): readonly Reckoning[] {
  const { transferPricePerGb, pullsPerMonth } = settings;
  if (transferPricePerGb === undefined || pullsPerMonth === undefined) return [];
  const amount = (moved.bytes / 1e9) * transferPricePerGb * pullsPerMonth;
  return [
    {
      kind: "transfer",
      amount,
      amountText: formatAmount(amount, settings),
      per: "a month to send it",
      factor: `× ${pullsPerMonth} pulls a month × ${formatAmount(transferPricePerGb, settings)} per GB`,
    },
  ];
}

/** `80 ms`, `8 s`, `2.5 min`, `1.2 h`. */
function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${significant(seconds * 1000)} ms`;
  if (seconds < 120) return `${significant(seconds)} s`;
  return seconds < 7200 ? `${significant(seconds / 60)} min` : `${significant(seconds / 3600)} h`;
}

/** Below it nobody reads digits. */
const leastAmount = 0.0001;

function formatAmount(amount: number, { currency }: CostSettings): string {
  const text = amount > 0 && amount < leastAmount ? `under ${leastAmount}` : significant(amount);
  return [text, ...(currency === undefined ? [] : [currency])].join(" ");
}

function significant(amount: number): number {
  return Number(amount.toPrecision(2));
}
