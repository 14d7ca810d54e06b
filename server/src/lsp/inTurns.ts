import { setImmediate as nextTurn } from "node:timers/promises";

/** So long somebody else waits, besides the step that is under way. */
const longestTurnMs = 5;

/** Takes all steps of some work; whoever else asks the server is answered between them. Undefined where the signal is aborted before the work is done. */
export async function inTurns<T>(
  steps: Generator<void, T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  let turnEndsMs = performance.now() + longestTurnMs;
  let step = steps.next();
  while (step.done !== true) {
    if (performance.now() >= turnEndsMs) {
      await nextTurn();
      turnEndsMs = performance.now() + longestTurnMs;
    }
    if (signal.aborted) return undefined;
    step = steps.next();
  }
  return step.value;
}
