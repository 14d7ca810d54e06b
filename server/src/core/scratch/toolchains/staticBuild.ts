import type { TextEdit } from "../../text/edit.ts";
import { textOf } from "../../text/span.ts";
import type { ElfFacts } from "../../image/elf.ts";
import type { ScratchInput } from "../scratchInput.ts";
import type { CompileStep } from "../toolchain.ts";

/** How a compile step is told to make a program that needs no other file. */
export type StaticBuild =
  | {
      readonly kind: "offered";
      /** Behind `FROM scratch,`: `built without cgo`. */
      readonly title: string;
      readonly edits: readonly TextEdit[];
      /** Sentences; never empty, for only a build can tell that it works. */
      readonly caveats: readonly string[];
      /** What the new program will about weigh; undefined where libraries become part of it. */
      readonly programBytes: number | undefined;
    }
  | { readonly kind: "refused"; readonly reason: string };

/** A dynamic program and the step that makes it. */
export interface StaticBuildInput {
  readonly input: ScratchInput;
  readonly step: CompileStep;
  readonly facts: ElfFacts;
  /** Path of the program's file in the image. */
  readonly path: string;
  readonly bytes: number;
}

/** Whether a command stands in the text as it is read, so that words can be put beside it: not inside of a quoted script or an array. */
export function isEditable({ input, step }: StaticBuildInput): boolean {
  const { command, run } = step;
  const written = textOf(input.dockerfile.text, command.nameSpan);
  return (
    input.shellOf(run)?.isComplete === true &&
    command.path !== undefined &&
    written === command.path
  );
}

/** Value of a variable that the command sees, as far as it is known; "" where it is not set. */
export function variableOf({ input, step }: StaticBuildInput, name: string): string | undefined {
  const { assignments } = step.command;
  if (assignments.has(name)) return assignments.get(name);
  const environment = input.environmentAt(step.run);
  return environment.has(name) ? environment.get(name) : "";
}

/** Libraries that every C library brings itself, by the name before `.so`. */
export function isSystemLibrary(name: string): boolean {
  return /^(?:lib(?:c|m|pthread|dl|rt|util|resolv|nsl|anl)\.|lib(?:c\.musl|gcc_s|ssp)\b|ld-)/.test(
    name,
  );
}
