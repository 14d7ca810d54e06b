import { type Variables, expandVariables } from "../../dockerfile/expand.ts";
import type { Dockerfile, Instruction } from "../../dockerfile/syntax.ts";
import { contentAt } from "../../image/evidence.ts";
import type { ReadImage } from "../../image/image.ts";
import type { RuleContext } from "../context.ts";

/** Where `~` may be. */
export interface Homes {
  /** Of the user who runs an instruction, as images name paths; undefined where that is not known. */
  readonly own: string | undefined;
  /** Of all users an image may have, `*` for a whole path component. */
  readonly all: readonly string[];
  /** Whether root runs it, as far as the file says. */
  readonly isRoot: boolean;
}

/** Homes at an instruction: `HOME`, then what `etc/passwd` of the image says of USER. Equal ones are made once. */
export function homesAt(context: RuleContext, instruction: Instruction): Homes {
  const known = context.recall("homes", () => new Map<number, Homes>());
  const homes = known.get(instruction.index) ?? readHomes(context, instruction);
  known.set(instruction.index, homes);
  return homes;
}

function readHomes(context: RuleContext, instruction: Instruction): Homes {
  const users = context.recall("users", () => usersByInstruction(context.dockerfile));
  const user = users.get(instruction.index);
  const home = context.environmentAt(instruction).get("HOME");
  const byUser = context.recall("homes by user", () => new Map<string, Map<string, Homes>>());
  const byHome = byUser.get(user ?? "") ?? new Map<string, Homes>();
  byUser.set(user ?? "", byHome);
  const homes = byHome.get(home ?? "") ?? homesOf(context, user, home);
  byHome.set(home ?? "", homes);
  return homes;
}

function homesOf(context: RuleContext, user: string | undefined, home: string | undefined): Homes {
  const isRoot = user === undefined || /^(?:root|0)(?::|$)/.test(user);
  const listed = context.read === undefined ? noHomes : listedHomes(context.read, context);
  const name = user?.split(":")[0] ?? "root";
  const usual = isRoot ? "root" : listed.get(name);
  const own = home === undefined || home === "" ? usual : toImagePath(home);
  const all = new Set(["root", "home/*", "", ...listed.values()]);
  if (own !== undefined) all.add(own);
  return { own, all: [...all], isRoot };
}

const noHomes: ReadonlyMap<string, string> = new Map();

/** By instruction, the USER in force before it; stages come in order, so what a stage starts from is known before it. */
function usersByInstruction({ stages }: Dockerfile): ReadonlyMap<number, string | undefined> {
  const users = new Map<number, string | undefined>();
  const atEnd = new Map<number, string | undefined>();
  for (const { index, base, instructions } of stages) {
    let user = base.kind === "stage" ? atEnd.get(base.stage) : undefined;
    for (const instruction of instructions) {
      users.set(instruction.index, user);
      if (instruction.keyword === "USER") user = instruction.argumentText;
    }
    atEnd.set(index, user);
  }
  return users;
}

/** Homes by user name and by number, from `etc/passwd`. */
function listedHomes(read: ReadImage, { memory }: RuleContext): ReadonlyMap<string, string> {
  return memory.recall(read, "homes in etc/passwd", () => {
    const kept = contentAt(read, "etc/passwd");
    const rows = kept === undefined ? [] : new TextDecoder().decode(kept.bytes).split("\n");
    return new Map(
      rows.flatMap((row) => {
        const [name = "", , number = "", , , home = ""] = row.split(":");
        const path = toImagePath(home);
        return [
          [name, path],
          [number, path],
        ] as const;
      }),
    );
  });
}

/** Paths as images name them: `~/` in each of these homes, absolute paths without their slash. Relative ones are left out. */
export function inHomes(folders: readonly string[], homes: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => {
    if (folder.startsWith("/")) return [toImagePath(folder)];
    if (!folder.startsWith("~/")) return [];
    return homes.map((home) => toImagePath(`${home}/${folder.slice(2)}`));
  });
}

/**
 * The places that a word of a command may mean, as images name them; undefined when that cannot be told from the text. A relative path is
 * taken as it stands.
 */
export function placesOf(
  word: string,
  variables: Variables,
  homes: readonly string[],
): readonly string[] | undefined {
  const atHome = word.replace(/^\$(?:HOME\b|\{HOME\})/, "~");
  const filled = atHome.includes("$") ? expandVariables(atHome, variables) : atHome;
  if (filled === undefined || /[$`{]/.test(filled)) return undefined;
  if (filled === "~") return homes.map(toImagePath);
  return filled.startsWith("~/") ? inHomes([filled], homes) : [toImagePath(filled)];
}

/** Whether one of two places is the other or lies in it; components with `*` are equal to any. Cost: length of the paths. */
export function isTouching(one: string, other: string): boolean {
  return sharedStart(one, other) !== "none";
}

/** Whether a place is another or lies above it. */
export function isAtOrAbove(above: string, path: string): boolean {
  const shared = sharedStart(above, path);
  return shared === "all" || shared === "one";
}

/** Which of two places ends first where they are equal as far as both go: both with the same component (`all`), `one`, or the `other`. */
function sharedStart(one: string, other: string): "all" | "one" | "other" | "none" {
  let ours = 0;
  let theirs = 0;
  while (ours < one.length && theirs < other.length) {
    const ourEnd = componentEnd(one, ours);
    const theirEnd = componentEnd(other, theirs);
    const isEqual = isEqualComponent(one.slice(ours, ourEnd), other.slice(theirs, theirEnd));
    if (!isEqual) return "none";
    ours = ourEnd + 1;
    theirs = theirEnd + 1;
  }
  if (ours < one.length) return "other";
  return theirs < other.length ? "one" : "all";
}

function componentEnd(path: string, start: number): number {
  const slash = path.indexOf("/", start);
  return slash < 0 ? path.length : slash;
}

function isEqualComponent(one: string, other: string): boolean {
  return one === other || /[*?[]/.test(one) || other.includes("*");
}

function toImagePath(path: string): string {
  const bare = path.startsWith("/") ? path.slice(1) : path;
  // Most are clean, and there are many of them.
  if (!/(?:^|\/)\.?(?:\/|$)/.test(bare)) return bare;
  return bare
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
