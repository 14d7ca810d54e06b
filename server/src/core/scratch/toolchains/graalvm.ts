import { insertBehind } from "../../dockerfile/runEdits.ts";
import { type StaticBuild, type StaticBuildInput, isEditable } from "./staticBuild.ts";

/** `--static --libc=musl`, which native-image has for amd64 alone. Undefined where either is given. GraalVM, Native Image § Build a Statically Linked Executable. */
export function graalvmStatic(build: StaticBuildInput): StaticBuild | undefined {
  const { step, facts } = build;
  const has = step.command.args.some(({ text }) => /^--(?:static|libc)/.test(text));
  if (!isEditable(build) || has || facts.architecture !== "amd64") return undefined;
  return {
    kind: "offered",
    title: "built for musl",
    edits: [insertBehind(step.command.nameSpan, "--static --libc=musl")],
    caveats: [
      "The build image has to have the musl toolchain of native-image with a static zlib, and native-image has it for amd64 only.",
    ],
    programBytes: undefined,
  };
}
