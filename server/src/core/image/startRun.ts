/** How a container first showed that it runs: it wrote something, it ended, or one of the image's exposed ports took a connection. */
export type StartSign =
  | { readonly kind: "output" }
  | { readonly kind: "exit"; readonly exitCode: number }
  | { readonly kind: "port"; readonly port: number };

/** One start of one container, measured. */
export interface StartRun {
  /** From the request to create the container until its first sign; undefined when none came within the limit. */
  readonly readyMs: number | undefined;
  readonly sign: StartSign | undefined;
}

/** All starts of one image, in the order in which they were made. */
export interface StartSeries {
  /** As the user named it. */
  readonly reference: string;
  readonly runs: readonly StartRun[];
}

/** Middle and ends of the times of a series; undefined when no run showed a sign. */
export interface StartSpread {
  readonly medianMs: number;
  readonly leastMs: number;
  readonly mostMs: number;
}

/** The spread of a series; of an even number of runs the median is the mean of the two in the middle. */
export function spreadOf({ runs }: StartSeries): StartSpread | undefined {
  const times = runs
    .flatMap(({ readyMs }) => (readyMs === undefined ? [] : [readyMs]))
    .sort((a, b) => a - b);
  const [leastMs] = times;
  const mostMs = times.at(-1);
  if (leastMs === undefined || mostMs === undefined) return undefined;
  const upper = times[times.length >> 1] ?? mostMs;
  const lower = times[(times.length - 1) >> 1] ?? leastMs;
  return { medianMs: (lower + upper) / 2, leastMs, mostMs };
}
