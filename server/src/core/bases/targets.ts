/** A named set of limits: what `# tare: target=NAME`, the setting `tare.target` and `--target NAME` stand for. At least one limit is stated. */
export interface Target {
  readonly name: string;
  /** Most bytes that all layers together may hold. */
  readonly budgetBytes?: number;
  /** Most bytes that the compressed layers may have. */
  readonly transferBudgetBytes?: number;
  /** Why just this limit, one or two sentences; says so where it is a choice and no platform's limit. */
  readonly reason: string;
  /** Where the figures come from. */
  readonly source: string;
}

/** The targets there are, smallest first within their kind; in the order in which they are offered. */
export const targets: readonly Target[] = [
  {
    name: "micro",
    budgetBytes: 100_000,
    reason: "One static program of a systems language from scratch, and nothing beside it.",
    source: "A choice of Tare, no platform's limit: examples/micro stays far below it.",
  },
  {
    name: "sub-1mb",
    budgetBytes: 1_000_000,
    reason: "A static service with its certificates and time zones, without a distribution.",
    source: "A choice of Tare, no platform's limit.",
  },
  {
    name: "esp32-ota",
    budgetBytes: 2_000_000,
    reason:
      "The artifact has to fit one of two update slots of a 4 MB flash. The device runs no containers: the image only carries the artifact, so what else is in it counts against it here.",
    source:
      "ESP-IDF Programming Guide, Partition Tables: programs start at multiples of 0x10000, the first at 0x10000 at the earliest. Two equal slots in 0x400000 are 0x1F0000 = 2,031,616 B each.",
  },
  {
    name: "raspberry-pi",
    budgetBytes: 10_240_000,
    reason:
      "50 services on a board with 512 MB of memory, if all that an image holds were in memory at once. Programs are read page by page as they run, so this errs on the safe side for files and says nothing of what a service allocates.",
    source: "512 MB ÷ 50 = 10.24 MB; 512 MB as on the Raspberry Pi Zero 2 W. 50 is a choice.",
  },
  {
    name: "lambda",
    budgetBytes: 10_000_000_000,
    reason: "AWS Lambda takes no container image that is larger, uncompressed and with all layers.",
    source:
      "AWS Lambda Developer Guide, Lambda quotas, container image code package size: 10 GB, read here as the smaller 10 × 10^9 B.",
  },
  {
    name: "edge",
    transferBudgetBytes: 10_000_000,
    reason: "A site behind a link of 10 Mbit/s pulls it in 8 s.",
    source: "10 MB × 8 bit ÷ 10 Mbit/s = 8 s. A choice of Tare, no platform's limit.",
  },
];

/** The target of that name; undefined when there is none. */
export function findTarget(name: string): Target | undefined {
  return targets.find((target) => target.name === name);
}
