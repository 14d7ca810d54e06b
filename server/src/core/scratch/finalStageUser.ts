import type { Instruction } from "../dockerfile/syntax.ts";
import { contentAt } from "../image/evidence.ts";
import type { ReadImage } from "../image/image.ts";
import { numericUser } from "./needs.ts";
import type { ScratchInput } from "./scratchInput.ts";

/** Who the program runs as, in numbers. */
export interface FinalUser {
  /** `1000:1000`; undefined for root where nothing says so. */
  readonly owner: string | undefined;
  /** The USER line that says it; undefined where the base image does, or nobody. */
  readonly instruction: Instruction | undefined;
  /** Groups that the user is in besides its own, which a container without `etc/group` does not give it. */
  readonly furtherGroups: readonly string[];
  /** What the engine makes `HOME` by `etc/passwd`, where it is set nowhere else: `/home/web`. Absent for root and where the list has none. */
  readonly home?: string;
}

/** The user at the end of the final stage by the image's own lists; undefined where they do not know the name. */
export function finalUserOf(input: ScratchInput, read: ReadImage): FinalUser | undefined {
  const instruction = input.chain
    .flatMap(({ instructions }) => instructions)
    .findLast(({ keyword }) => keyword === "USER");
  const configured = input.image?.description.config.settings.user ?? "";
  const written = instruction?.words[0]?.text ?? configured;
  const named = written.includes("$") ? configured : written;
  if (named === "") return { owner: undefined, instruction, furtherGroups: [] };
  const numbers = numbersOf(read, named);
  return numbers && { ...numbers, ...homeOf(input, read, numbers.owner), instruction };
}

/** Without a list of users the engine makes it `/`. Seen with Docker 20.10. */
function homeOf(
  input: ScratchInput,
  read: ReadImage,
  owner: string | undefined,
): Pick<FinalUser, "home"> {
  const env = input.image?.description.config.settings.env ?? [];
  const [uid = "0"] = (owner ?? "0").split(":");
  const row = rowsOf(read, "etc/passwd").find(([, , id]) => id === uid);
  const home = row?.[5] ?? "";
  const isSet = env.some((entry) => entry.startsWith("HOME="));
  return uid === "0" || isSet || /^\/?$/.test(home) ? {} : { home };
}

/** A user without a group gets that of `etc/passwd`, and all groups that name it; with one only that. moby user lookup. */
function numbersOf(
  read: ReadImage,
  named: string,
): Pick<FinalUser, "owner" | "furtherGroups"> | undefined {
  const [name = "", group] = named.split(":");
  const row = rowsOf(read, "etc/passwd").find(([first, , uid]) => first === name || uid === name);
  const isNumber = /^\d+$/.test(name);
  const ownGroup = group ?? (isNumber ? row?.[3] : undefined);
  const owner = isNumber && ownGroup === undefined ? name : numericUser(read, name, ownGroup);
  if (owner === undefined) return undefined;
  return { owner, furtherGroups: group === undefined ? groupsOf(read, row) : [] };
}

function groupsOf(read: ReadImage, row: readonly string[] | undefined): readonly string[] {
  if (row === undefined) return [];
  const [name = "", , , gid] = row;
  return rowsOf(read, "etc/group")
    .filter(([, , id, members]) => id !== gid && members?.split(",").includes(name) === true)
    .map(([group = ""]) => group);
}

function rowsOf(read: ReadImage, path: string): readonly (readonly string[])[] {
  const kept = contentAt(read, path);
  if (kept?.isWhole !== true) return [];
  const lines = new TextDecoder().decode(kept.bytes).split("\n");
  return lines.map((line) => line.trimEnd().split(":"));
}
