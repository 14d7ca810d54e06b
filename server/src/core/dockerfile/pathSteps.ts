/** One step of a pattern over the characters of a path. */
export type PathStep =
  | { readonly kind: "char"; readonly char: string }
  /** `?`: any character but a slash. */
  | { readonly kind: "one" }
  /** `*`: any characters but slashes. */
  | { readonly kind: "many" }
  /** An inner double star: nothing, or whatever ends with a slash. */
  | { readonly kind: "folders" }
  /** A closing double star: anything. */
  | { readonly kind: "rest" }
  /** One character of a class, which may be a slash. */
  | { readonly kind: "class"; readonly holds: (char: string) => boolean };

/** Where a match stands: a step, and for `folders` whether it has begun. */
type Position = PathStep | { readonly kind: "inside" };

/**
 * Whether the steps fit the whole path. O(characters × steps) whatever the pattern: a regular expression with many stars can take longer than
 * anybody waits, and ignore files come from anywhere.
 */
export function fitsSteps(steps: readonly PathStep[], path: string): boolean {
  const positions = steps.flatMap((step): readonly Position[] =>
    step.kind === "folders" ? [step, { kind: "inside" }] : [step],
  );
  let open = new Uint8Array(positions.length + 1);
  enter(positions, open, 0);
  for (const char of path) {
    const next = new Uint8Array(positions.length + 1);
    for (const [at, position] of positions.entries()) {
      if (open[at] === 1) advance(positions, next, at, position, char);
    }
    open = next;
  }
  return open[positions.length] === 1;
}

/**
 * The same as a matcher that is made once and asked for very many paths: without a wildcard or with one star, which is what people write, it
 * only compares both ends.
 */
export function stepsMatcher(steps: readonly PathStep[]): (path: string) => boolean {
  const star = steps.findIndex(({ kind }) => kind === "many");
  const others = steps.filter((_, index) => index !== star);
  if (others.some(({ kind }) => kind !== "char")) return (path) => fitsSteps(steps, path);
  const start = literal(star < 0 ? steps : steps.slice(0, star));
  if (star < 0) return (path) => path === start;
  const end = literal(steps.slice(star + 1));
  return (path) =>
    path.length >= start.length + end.length &&
    path.startsWith(start) &&
    path.endsWith(end) &&
    !path.slice(start.length, path.length - end.length).includes("/");
}

function literal(steps: readonly PathStep[]): string {
  return steps.map((step) => (step.kind === "char" ? step.char : "")).join("");
}

/** Opens a position with all that can be reached from it without a character. */
function enter(positions: readonly Position[], open: Uint8Array, from: number): void {
  for (let at = from; open[at] !== 1; at += 1) {
    open[at] = 1;
    const kind = positions[at]?.kind;
    if (kind === "folders") open[(at += 1)] = 1;
    else if (kind !== "many" && kind !== "rest") return;
  }
}

/** Opens what follows on a character. */
function advance(
  positions: readonly Position[],
  next: Uint8Array,
  at: number,
  position: Position,
  char: string,
): void {
  if (staysOn(position, char)) enter(positions, next, at);
  if (movesOn(position, char)) enter(positions, next, at + 1);
}

function staysOn({ kind }: Position, char: string): boolean {
  if (kind === "many") return char !== "/";
  return (kind === "rest" || kind === "inside") && char !== "\n";
}

function movesOn(position: Position, char: string): boolean {
  if (position.kind === "char") return char === position.char;
  if (position.kind === "one") return char !== "/";
  if (position.kind === "inside") return char === "/";
  return position.kind === "class" && position.holds(char);
}
