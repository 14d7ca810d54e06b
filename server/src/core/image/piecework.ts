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
  const sharing: Sharing<T> = { begin, work: undefined, made: undefined };
  return { carryOn: () => carryOn(sharing), made: () => sharing.made?.value };
}

interface Sharing<T> {
  readonly begin: () => Piecework<T>;
  /** Put aside; undefined before it is begun and once it is done. */
  work: Piecework<T> | undefined;
  made: { readonly value: T } | undefined;
}

/**
 * One function for all that is shared: V8 makes a shape for what each generator function returns, and keeps it, with the function and all that it sees, until it
 * next goes through its old garbage.
 */
function* carryOn<T>(sharing: Sharing<T>): Piecework<T> {
  while (sharing.made === undefined) {
    const work = sharing.work ?? sharing.begin();
    // What throws leaves nothing behind.
    sharing.work = undefined;
    const step = work.next();
    if (step.done === true) sharing.made = { value: step.value };
    else {
      sharing.work = work;
      yield;
    }
  }
  return sharing.made.value;
}

/** Does all of it at once. */
export function finish<T>(work: Piecework<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
