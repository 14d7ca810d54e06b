import { insertBehind } from "../../dockerfile/runEdits.ts";
import { type StaticBuild, type StaticBuildInput, isEditable } from "./staticBuild.ts";

/**
 * A musl target for the machine that builds, as Zig links musl statically; small and without symbols where nothing else is said. Undefined where a target
 * is given. Threads stay possible. `zig build-exe --help`, std.Build `standardTargetOptions`.
 */
export function zigStatic(build: StaticBuildInput): StaticBuild | undefined {
  const { args } = build.step.command;
  const [verb] = args;
  const has = (pattern: RegExp): boolean => args.some(({ text }) => pattern.test(text));
  if (!isEditable(build) || verb === undefined || has(/^-(?:target|Dtarget=.*|dynamic)$/)) {
    return undefined;
  }
  if (verb.text === "build") {
    const size = has(/^(?:-Doptimize=|--release)/) ? "" : " -Doptimize=ReleaseSmall";
    return offered(build, `-Dtarget="$(uname -m)-linux-musl"${size}`, [
      "The options work only where build.zig takes target and optimize from the command line, as the standard one does.",
    ]);
  }
  if (verb.text !== "build-exe") return undefined;
  const size = has(/^-O/) ? "" : " -O ReleaseSmall";
  const strip = has(/^-f(?:no-)?strip$/) ? "" : " -fstrip";
  return offered(build, `-target "$(uname -m)-linux-musl"${size}${strip}`, []);
}

function offered(
  { step }: StaticBuildInput,
  options: string,
  further: readonly string[],
): StaticBuild {
  const at = step.command.args[0]?.span ?? step.command.nameSpan;
  return {
    kind: "offered",
    title: "built for musl",
    edits: [insertBehind(at, options)],
    caveats: [
      ...further,
      "Libraries of the system that the program is linked with have to be there for musl as well.",
    ],
    programBytes: undefined,
  };
}
