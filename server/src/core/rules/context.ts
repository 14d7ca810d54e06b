import { createEnvironment } from "../dockerfile/environment.ts";
import type { Variables } from "../dockerfile/expand.ts";
import { createShells } from "../dockerfile/shell.ts";
import type { ShellScript } from "../dockerfile/shellScript.ts";
import { stageChain } from "../dockerfile/stages.ts";
import type { Dockerfile, Instruction, Stage } from "../dockerfile/syntax.ts";
import type { Image, ReadImage } from "../image/image.ts";
import type { Attribution } from "../join/attribution.ts";
import type { RuleMemory } from "./memory.ts";

/** The files beside a Dockerfile that rules look at. */
export interface RuleSurroundings {
  /** Text of the `.dockerignore` that the build uses; undefined where there is none, or none is known. */
  readonly dockerignore?: string;
  /** True when it was looked for: only then its absence is a fact. */
  readonly isDockerignoreKnown: boolean;
}

/** What a rule sees. */
export interface RuleContext {
  readonly dockerfile: Dockerfile;
  /** Stages that the final image is made of, base first, the final one last; empty without a FROM. Bytes of other stages are free unless copied. */
  readonly chain: readonly Stage[];
  /** Instructions of `chain`, in the order in which they run. */
  readonly shipped: readonly Instruction[];
  readonly image: Image | undefined;
  readonly attribution: Attribution | undefined;
  /** The files of the image; undefined until they are read, and where the image does not fit the file. */
  readonly read: ReadImage | undefined;
  readonly surroundings: RuleSurroundings;
  readonly memory: RuleMemory;
  /** What `find` returned under this name for this version of the text; it is asked once. The name belongs to one kind of answer. */
  recall<T>(name: string, find: () => T): T;
  /** The commands of RUN, and of CMD, ENTRYPOINT and HEALTHCHECK; undefined where there are none, or where the shell is no POSIX shell. Read once. */
  shellOf(instruction: Instruction): ShellScript | undefined;
  /** ENV and ARG in effect at an instruction, those of the base image included where the image is known; undefined value when it is not known. */
  environmentAt(instruction: Instruction): Variables;
  /**
   * Layers that the instruction as it stands now wrote, with files; undefined when that is not known: no image, files not read, a line
   * changed since the build. Empty when it wrote none.
   */
  measuredLayers(instruction: Instruction): readonly number[] | undefined;
}

/** What there is to make a context of. */
export interface RuleInput {
  readonly dockerfile: Dockerfile;
  readonly image: Image | undefined;
  readonly attribution: Attribution | undefined;
  readonly surroundings: RuleSurroundings;
  readonly memory: RuleMemory;
}

/** The context that all rules share for one version of the text with one snapshot of its image. */
export function toRuleContext(input: RuleInput): RuleContext {
  const { dockerfile, image, attribution } = input;
  const final = dockerfile.stages.at(-1);
  const chain = final === undefined ? [] : stageChain(dockerfile, final);
  const isKnown = attribution !== undefined && attribution.reason === undefined;
  const read = image?.state === "read" && isKnown ? image.read : undefined;
  const environment = createEnvironment(dockerfile, image?.description.config.settings.env ?? []);
  const answers = new Map<string, unknown>();
  return {
    ...input,
    chain,
    recall<T>(name: string, find: () => T): T {
      if (!answers.has(name)) answers.set(name, find());
      return answers.get(name) as T;
    },
    shipped: chain.flatMap(({ instructions }) => instructions),
    read,
    shellOf: createShells(dockerfile),
    environmentAt: (instruction) => environment.at(instruction),
    measuredLayers({ index }) {
      const weight = attribution?.instructions[index];
      const isMeasured = weight?.basis === "measured" && weight.contentBytes !== undefined;
      return read !== undefined && isMeasured ? weight.layers : undefined;
    },
  };
}
