import type { BaseTraits } from "../../bases/baseTraits.ts";
import { expandVariables } from "../../dockerfile/expand.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import { finalUserOf } from "../finalStageUser.ts";
import { numericUser } from "../needs.ts";
import type { NextBest } from "./nextBest.ts";
import type { Hindrance } from "./stagePlan.ts";

/** A line that counts once, as the new stage has it. */
export interface SingleLine {
  readonly instruction: Instruction | undefined;
  /** Undefined to leave it as it is written. */
  readonly text: string | undefined;
  /** Lines that are not said again. */
  readonly dropped?: readonly Instruction[];
  readonly caveats: readonly string[];
}

/** USER for the new base: by name where it has that user, else by number. Undefined where nobody is named. */
export function finalUser(
  context: NextBest,
  target: BaseTraits,
): SingleLine | Hindrance | undefined {
  const { shipped, input } = context;
  const instruction = shipped.findLast(({ keyword }) => keyword === "USER");
  if (instruction === undefined) return undefined;
  const written = instruction.words[0]?.text ?? "";
  const name = expandVariables(written, input.environmentAt(instruction));
  const owner = name === undefined ? undefined : ownerOf(context, name, target);
  const read = input.read && finalUserOf(input, input.read);
  const fallback = name === undefined ? read?.owner : owner;
  if (fallback === undefined) {
    return {
      reason: `USER ${written}: only a built image tells which number that user has, and the new base does not know the name.`,
    };
  }
  const isNumber = /^\d/.test(fallback);
  const isRoot = /^(?:0|root)(?::.*)?$/.test(fallback);
  const homeless =
    isNumber && !isRoot
      ? [
          `The new base has no line for user ${fallback} in etc/passwd: HOME is /, and looking up the user's own name fails.`,
        ]
      : [];
  return {
    instruction,
    text: fallback === written ? undefined : `${instruction.keywordText} ${fallback}`,
    caveats: homeless,
  };
}

/** `uid:gid`, or the name where the new base has it as well; undefined when it is not known. */
export function ownerOf(context: NextBest, name: string, target: BaseTraits): string | undefined {
  const [user = "", group] = name.split(":");
  const isAlone = group === undefined || group === user;
  if (isAlone && isUserOf(context, user, target)) return name;
  return numbersOf(context, name);
}

/** Whether a name means the same on the new base: root does, and what the same maker's images have. */
function isUserOf({ traits }: NextBest, user: string, target: BaseTraits): boolean {
  if (user === "root") return true;
  const isSameFamily = traits !== undefined && traits.runtime === target.runtime;
  return isSameFamily && target.shell !== "none" && target.users.includes(user);
}

/** By the image's own lists; without them only what is a number already, and of the image `node` what its documentation says. */
function numbersOf({ input, base }: NextBest, name: string): string | undefined {
  const [user = "", group] = name.split(":");
  const isNumeric = /^\d+(?::\d+)?$/.test(name);
  if (input.read !== undefined) {
    return numericUser(input.read, user, group) ?? (isNumeric ? name : undefined);
  }
  if (isNumeric) return name;
  const isNode = base?.familiar === "node" && /^node(?::node)?$/.test(name);
  return isNode ? "1000:1000" : undefined;
}
