/** Work on many nodes that can be put aside at each `yield` and taken up later; what it gives is the same however often that happens. */
export type Piecework<T> = Generator<undefined, T, undefined>;

/** So many nodes are one piece: a few milliseconds where each takes long. */
export const pieceNodes = 4096;

/** Work that several ask for: all get the same. */
export interface SharedWork<T> {
  /** What is left of it, from where anyone put it aside. Work that threw is begun anew. */
  carryOn(): Piecework<T>;
  /** Undefined until it is done. */
  made(): T | undefined;
}

/** Work that is begun when somebody first carries it on. */
export function share<T>(begin: () => Piecework<T>): SharedWork<T> {
  let work: Piecework<T> | undefined;
  let made: { readonly value: T } | undefined;
  return {
    *carryOn() {
      while (made === undefined) {
        const current = work ?? begin();
        // What throws leaves nothing behind.
        work = undefined;
        const step = current.next();
        if (step.done === true) made = { value: step.value };
        else {
          work = current;
          yield;
        }
      }
      return made.value;
    },
    made: () => made?.value,
  };
}

/** Does all of it at once. */
export function finish<T>(work: Piecework<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
