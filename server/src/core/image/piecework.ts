/** Work on many nodes that can be put aside at each `yield` and taken up later; what it gives is the same however often that happens. */
export type Piecework<T> = Generator<undefined, T, undefined>;

/** So many nodes are one piece: a few milliseconds where each takes long. */
export const pieceNodes = 4096;

/** Does all of it at once. */
export function finish<T>(work: Piecework<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
