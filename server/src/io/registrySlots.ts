/** Lets so many tasks run at a time; the others wait their turn, first come first served. */
export interface Slots {
  /** Runs the task when there is room; not at all, with `undefined`, when the signal ends the waiting. */
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T | undefined>;
}

/** Room for `count` tasks. */
export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = [];
  let free = count;
  const take = (signal: AbortSignal): Promise<void> => {
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      waiting.push(resolve);
      signal.addEventListener("abort", () => leave(resolve), { once: true });
    });
  };
  /** Whoever is waiting in vain goes on at once, with a slot of its own that nobody counts. */
  const leave = (resolve: () => void): void => {
    const at = waiting.indexOf(resolve);
    if (at < 0) return;
    waiting.splice(at, 1);
    free -= 1;
    resolve();
  };
  const giveBack = (): void => {
    free += 1;
    if (free <= 0) return;
    const next = waiting.shift();
    if (next === undefined) return;
    free -= 1;
    next();
  };
  return {
    run: async (task, signal) => {
      await take(signal);
      try {
        return signal.aborted ? undefined : await task();
      } finally {
        giveBack();
      }
    },
  };
}
