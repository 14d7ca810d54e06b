import type { Instruction } from "../../dockerfile/syntax.ts";

/** What a new final stage on another base holds, before it is written. */
export interface StagePlan {
  /** The image it starts from. */
  readonly baseName: string;
  /** Behind `FROM …`: `production dependencies only`; undefined for nothing. */
  readonly note: string | undefined;
  /** Commands at the end of the build stage, one RUN for each, run by root. */
  readonly tail: readonly string[];
  /** Lines of their own above an instruction of the build stage. */
  readonly inserted: readonly { readonly above: Instruction; readonly line: string }[];
  /** What is copied out of the build stage, in order. */
  readonly copies: readonly StageCopy[];
  /** Arguments of ENV lines that only the new stage has. */
  readonly variables: readonly string[];
  /** RUN lines that are said again, for what they install is needed when the container runs. */
  readonly repeated: readonly Instruction[];
  readonly start: readonly StartPart[];
  readonly caveats: readonly string[];
  /** Whether something that is copied comes from today's base image, so that another base cannot just be put under the same lines. */
  readonly takesFromBase: boolean;
  /** Whether all that the program needs was seen to be copied. */
  readonly isExact: boolean;
  /** Content bytes of what is copied; undefined when they are not known. */
  readonly copiedBytes: number | undefined;
}

/** One COPY out of the build stage, by absolute paths. */
export interface StageCopy {
  readonly from: string;
  readonly to: string;
  readonly isDirectory: boolean;
  /** `1000:1000`; undefined for root. */
  readonly owner: string | undefined;
}

/** A start line of the new stage. */
export interface StartPart {
  readonly keyword: "ENTRYPOINT" | "CMD";
  /** The line that it takes the place of; undefined where the base image spoke. */
  readonly instruction: Instruction | undefined;
  /** In exec form; undefined to leave the line as it is written. */
  readonly words: readonly string[] | undefined;
}

/** A plan that changes nothing but the base, to be filled in. */
export const emptyPlan: Omit<StagePlan, "baseName"> = {
  note: undefined,
  tail: [],
  inserted: [],
  copies: [],
  variables: [],
  repeated: [],
  start: [],
  caveats: [],
  takesFromBase: false,
  isExact: false,
  copiedBytes: undefined,
};

/** Why something cannot be had, one sentence. */
export interface Hindrance {
  readonly reason: string;
}

/** Whether it is a reason and not what was asked for. */
export function isHindrance<T extends object>(one: T | Hindrance): one is Hindrance {
  return "reason" in one;
}
