import { createShells } from "../../dockerfile/shell.ts";
import type { ShellCommand } from "../../dockerfile/shellScript.ts";
import { parentOf, stageChain } from "../../dockerfile/stages.ts";
import type { Dockerfile, Instruction, Stage } from "../../dockerfile/syntax.ts";
import type { BaseTraits } from "../baseTraits.ts";

/** What has to be thought of when a stage gets another base. */
export interface Caveat {
  /** `build-fails`, `run-fails`: it will, as the file stands; `check`: it may, and the file alone does not tell. */
  readonly effect: "build-fails" | "run-fails" | "check";
  /** One sentence. */
  readonly message: string;
  /** The instruction it is about; undefined for the base itself. */
  readonly instruction: number | undefined;
}

/** A command of a RUN, with where it stands. */
export interface RunCommand {
  readonly instruction: Instruction;
  readonly command: ShellCommand;
}

/** A stage that is to get another base. */
export interface SwitchPlan {
  readonly dockerfile: Dockerfile;
  readonly stage: Stage;
  /** The stage and all that are made from it: they would run on the new base too. In text order. */
  readonly stages: readonly Stage[];
  /** Of those stages, without their FROMs. */
  readonly instructions: readonly Instruction[];
  /** Commands of their RUNs as far as a POSIX shell runs them. */
  readonly commands: readonly RunCommand[];
  /** Packages that those commands install, by the names given. */
  readonly installed: ReadonlySet<string>;
  readonly from: BaseTraits;
  readonly to: BaseTraits;
  /** Name of the new base. */
  readonly toName: string;
}

/** Everything that looking for caveats needs, gathered once. */
export function planSwitch(
  dockerfile: Dockerfile,
  stage: Stage,
  bases: Pick<SwitchPlan, "from" | "to" | "toName">,
): SwitchPlan {
  const stages = madeFrom(dockerfile, stage);
  const shellOf = createShells(dockerfile);
  const instructions = stages.flatMap((one) => one.instructions.slice(1));
  const commands = instructions
    .filter(({ keyword }) => keyword === "RUN")
    .flatMap((instruction) =>
      (shellOf(instruction)?.commands ?? []).map((command) => ({
        instruction,
        command,
      })),
    );
  return {
    ...bases,
    dockerfile,
    stage,
    stages,
    instructions,
    commands,
    installed: installedBy(commands),
  };
}

/** A stage and all that build on it, directly or not; a stage builds on earlier ones only. */
function madeFrom(dockerfile: Dockerfile, stage: Stage): readonly Stage[] {
  const found = new Set([stage]);
  for (const one of dockerfile.stages) {
    const parent = parentOf(dockerfile, one);
    if (parent !== undefined && found.has(parent)) found.add(one);
  }
  return [...found];
}

const installers: Readonly<Record<string, string>> = {
  "apt-get": "install",
  apt: "install",
  apk: "add",
  dnf: "install",
  microdnf: "install",
  yum: "install",
};

function installedBy(commands: readonly RunCommand[]): ReadonlySet<string> {
  return new Set(
    commands.flatMap(({ command: { name, args } }) => {
      const verb = installers[name ?? ""];
      const words = args.map(({ text }) => text).filter((text) => !text.startsWith("-"));
      return verb !== undefined && words.includes(verb)
        ? words.map((word) => word.replace(/[=<>~:].*$/, ""))
        : [];
    }),
  );
}

/** A program of a language and the first word that is no option; `python -m pip install` is pip's. */
export function languageTool({ name = "", args }: ShellCommand): {
  readonly name: string;
  readonly verb: string | undefined;
} {
  const words = args.map(({ text }) => text);
  const isModule = /^python[\d.]*$/.test(name) && words[0] === "-m";
  const rest = isModule ? words.slice(2) : words;
  return {
    name: isModule ? (words[1] ?? "") : name,
    verb: rest.find((word) => !word.startsWith("-")),
  };
}

/** `build-fails` for a command that always runs, `check` for one that may not. */
export function effectOf({ certainty }: ShellCommand): Caveat["effect"] {
  return certainty === "always" ? "build-fails" : "check";
}

/** The last of an instruction before each end of the stages: only those count when a container starts. In text order. */
export function lastOfEach(
  { dockerfile, stages }: SwitchPlan,
  keyword: Instruction["keyword"],
): readonly Instruction[] {
  const parents = new Set(stages.map(({ base }) => (base.kind === "stage" ? base.stage : -1)));
  const last = stages
    .filter(({ index }) => !parents.has(index))
    .map((end) =>
      stageChain(dockerfile, end)
        .flatMap(({ instructions }) => instructions)
        .findLast((one) => one.keyword === keyword),
    );
  return [...new Set(last.filter((one) => one !== undefined))];
}

/** A caveat about an instruction. */
export function caveatOn(
  instruction: Instruction,
  effect: Caveat["effect"],
  message: string,
): Caveat {
  return { effect, message, instruction: instruction.index };
}
