import { caveatOn, effectOf, type Caveat, type RunCommand, type SwitchPlan } from "./caveat.ts";

/** Users and groups by a name that the new base does not have and the file does not make, and programs that make them. */
export function* userCaveats(plan: SwitchPlan): Generator<Caveat> {
  yield* makerCaveats(plan);
  yield* runsAsCaveats(plan);
  if (bringsUsers(plan)) return;
  const makers = plan.commands.filter(({ command }) => userMakers.has(command.name ?? ""));
  for (const instruction of plan.instructions) {
    if (instruction.keyword === "USER") {
      const name = instruction.words[0]?.text.split(":")[0];
      if (isMissing(plan, makers, name)) {
        yield caveatOn(
          instruction,
          "run-fails",
          `USER ${name ?? ""}: ${plan.toName} has no such user.`,
        );
      }
    }
    const owner = instruction.flags.find((flag) => flag.name === "chown")?.value?.split(":")[0];
    if (isMissing(plan, makers, owner)) {
      yield caveatOn(
        instruction,
        "build-fails",
        `--chown=${owner ?? ""}: ${plan.toName} has no such user.`,
      );
    }
  }
}

function* runsAsCaveats({ instructions, from, to, toName }: SwitchPlan): Generator<Caveat> {
  const setsUser = instructions.some(({ keyword }) => keyword === "USER");
  if (to.runsAs === undefined || to.runsAs === from.runsAs || setsUser) return;
  yield {
    effect: "check",
    message: `${toName} runs as ${to.runsAs}, not as root: files of root and ports below 1024 may be out of its reach.`,
    instruction: undefined,
  };
}

/** Of the package `passwd`, which Alpine calls `shadow` and does not have at first. */
const shadowTools: ReadonlySet<string> = new Set(["useradd", "groupadd", "usermod", "groupmod"]);

function* makerCaveats({ commands, installed, to, toName }: SwitchPlan): Generator<Caveat> {
  if (to.shell !== "busybox" || installed.has("shadow")) return;
  for (const { instruction, command } of commands) {
    if (!shadowTools.has(command.name ?? "")) continue;
    yield caveatOn(
      instruction,
      effectOf(command),
      `RUN calls ${command.name ?? ""}, which is not in ${toName}: it has adduser and addgroup.`,
    );
  }
}

const userMakers: ReadonlySet<string> = new Set(["useradd", "adduser", "usermod"]);

/** A name that is a user of the present base alone: numbers, variables and users that the file makes need none. */
function isMissing(
  { from, to }: SwitchPlan,
  makers: readonly RunCommand[],
  name: string | undefined,
): boolean {
  if (name === undefined || !/^[a-z_][\w.-]*$/i.test(name) || to.users.includes(name)) return false;
  const makesUser = makers.some(({ command }) =>
    command.args.some(({ text }) => text === name || !/^[\w.=/:,-]*$/.test(text)),
  );
  return !makesUser || (to.shell === "none" && from.users.includes(name));
}

/** Whether the file brings a list of users of its own. */
function bringsUsers({ instructions }: SwitchPlan): boolean {
  return instructions.some(
    ({ keyword, words }) =>
      (keyword === "COPY" || keyword === "ADD") &&
      /^\/?etc(\/passwd|\/)?$/.test(words.at(-1)?.text ?? ""),
  );
}
