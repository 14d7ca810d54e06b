import { execItemsOf } from "../../dockerfile/execForm.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import { caveatOn, effectOf, lastOfEach, type Caveat, type SwitchPlan } from "./caveat.ts";

const shells: ReadonlySet<string> = new Set(["sh", "bash", "ash", "dash"]);

/** What needs a shell where the new base has none, or bash where it has another one. */
export function* shellCaveats(plan: SwitchPlan): Generator<Caveat> {
  if (plan.from.shell === "none") return;
  if (plan.to.shell === "none") yield* withoutShell(plan);
  else if (plan.to.shell === "busybox") yield* withoutBash(plan);
}

function* withoutShell(plan: SwitchPlan): Generator<Caveat> {
  const none = `${plan.toName} has no shell`;
  yield* runsWithoutShell(plan, none);
  for (const keyword of ["ENTRYPOINT", "CMD"] as const) {
    for (const instruction of lastOfEach(plan, keyword)) {
      const reason = shellNeedOf(instruction);
      if (reason === undefined) continue;
      const message = `${keyword} ${reason}, and ${none}: write it in exec form.`;
      yield caveatOn(instruction, "run-fails", message);
    }
  }
  for (const instruction of lastOfEach(plan, "HEALTHCHECK")) {
    if (!isShellHealthcheck(instruction)) continue;
    const message = `HEALTHCHECK runs in a shell, and ${none}: write it in exec form, with a program that is there.`;
    yield caveatOn(instruction, "run-fails", message);
  }
}

function* runsWithoutShell(plan: SwitchPlan, none: string): Generator<Caveat> {
  for (const instruction of plan.instructions) {
    if (instruction.keyword !== "RUN") continue;
    const [program] = instruction.words;
    yield instruction.form === "shell" || isShellProgram(program?.text)
      ? caveatOn(
          instruction,
          "build-fails",
          `RUN needs a shell, and ${none}: run it in an earlier stage and copy the result.`,
        )
      : caveatOn(
          instruction,
          "check",
          `RUN needs ${program?.text ?? "its program"} to be in ${plan.toName}.`,
        );
  }
}

function shellNeedOf({ form, words, argumentText }: Instruction): string | undefined {
  if (argumentText === "" || argumentText === "[]") return undefined;
  if (form === "shell") return "is in shell form";
  const program = words[0]?.text;
  if (isShellProgram(program)) return "starts a shell";
  return program?.endsWith(".sh") === true ? "starts a shell script" : undefined;
}

function isShellHealthcheck({ argumentText }: Instruction): boolean {
  const command = /^CMD\s+(.*)$/is.exec(argumentText)?.[1];
  return (
    command !== undefined &&
    (execItemsOf(command) === undefined || /^\["(?:\/bin\/)?(?:ba)?sh"/.test(command))
  );
}

function isShellProgram(program: string | undefined): boolean {
  return shells.has(program?.slice(program.lastIndexOf("/") + 1) ?? "");
}

function* withoutBash(plan: SwitchPlan): Generator<Caveat> {
  if (plan.from.shell === "busybox" || plan.installed.has("bash")) return;
  const none = `${plan.toName} has no bash`;
  for (const instruction of plan.instructions) {
    if (instruction.keyword === "SHELL" && isBash(instruction)) {
      yield caveatOn(instruction, "build-fails", `SHELL names bash, and ${none}.`);
    }
  }
  for (const { instruction, command } of plan.commands) {
    if (command.name !== "bash") continue;
    yield caveatOn(instruction, effectOf(command), `RUN calls bash, and ${none}.`);
  }
  for (const keyword of ["ENTRYPOINT", "CMD"] as const) {
    for (const instruction of lastOfEach(plan, keyword).filter(isBash)) {
      yield caveatOn(instruction, "run-fails", `${keyword} starts bash, and ${none}.`);
    }
  }
}

function isBash({ form, words }: Instruction): boolean {
  return form === "exec" && /(^|\/)bash$/.test(words[0]?.text ?? "");
}
