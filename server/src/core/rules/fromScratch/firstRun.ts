import type { Instruction } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";

/** The first RUN, at which a builder stops when its program is not there; one that mounts something may start what it mounts. */
export function firstRun({ shipped }: RuleContext): Instruction | undefined {
  return shipped.find(
    ({ keyword, flags }) => keyword === "RUN" && flags.every(({ name }) => name !== "mount"),
  );
}
