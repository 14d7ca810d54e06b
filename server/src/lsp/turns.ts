import type { Host } from "./host.ts";

/** So long a turn takes before others have theirs. */
const turnMs = 8;

/** Does work that can be put aside in short turns, others between them. At once where one turn is enough; undefined when it was stopped. */
export function inTurns<T>(
  host: Pick<Host, "after" | "nowMs">,
  work: Generator<undefined, T>,
  isStopped: () => boolean,
): T | undefined | Promise<T | undefined> {
  const first = takeTurn(host, work);
  return first === undefined ? furtherTurns(host, work, isStopped) : first.given;
}

async function furtherTurns<T>(
  host: Pick<Host, "after" | "nowMs">,
  work: Generator<undefined, T>,
  isStopped: () => boolean,
): Promise<T | undefined> {
  for (;;) {
    await new Promise<void>((resolve) => void host.after(0, resolve));
    if (isStopped()) return undefined;
    const turn = takeTurn(host, work);
    if (turn !== undefined) return turn.given;
  }
}

/** Undefined while something is left to do. */
function takeTurn<T>(
  { nowMs }: Pick<Host, "nowMs">,
  work: Generator<undefined, T>,
): { readonly given: T } | undefined {
  const endMs = nowMs() + turnMs;
  do {
    const step = work.next();
    if (step.done === true) return { given: step.value };
  } while (nowMs() < endMs);
  return undefined;
}
