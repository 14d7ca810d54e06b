import { insertBehind } from "../../dockerfile/runEdits.ts";
import type { TextEdit } from "../../text/edit.ts";
import { lastNameOf } from "../../image/treePaths.ts";
import {
  type StaticBuild,
  type StaticBuildInput,
  isEditable,
  isSystemLibrary,
} from "./staticBuild.ts";

/**
 * `-static -s`, and `-Os` where nothing is said about speed, on the command that links the program; of make the linker flags. Undefined for builds that
 * keep their flags elsewhere (cmake, meson, ninja). gcc(1), GNU make manual § Overriding.
 */
export function cStatic(build: StaticBuildInput): StaticBuild | undefined {
  if (!isEditable(build)) return undefined;
  const edits = edit(build);
  if (edits === undefined) return undefined;
  return {
    kind: "offered",
    title: "linked statically",
    edits,
    caveats: [...caveats(build)],
    programBytes: undefined,
  };
}

function edit(build: StaticBuildInput): readonly TextEdit[] | undefined {
  const { name = "", nameSpan, args, assignments } = build.step.command;
  const has = (pattern: RegExp): boolean => args.some(({ text }) => pattern.test(text));
  if (makes.test(name)) {
    const isSet = assignments.has("LDFLAGS") || has(/^LDFLAGS[:+?]?=/);
    const isLinking = !has(
      /^(?:.*[-_])?(?:install|clean|distclean|check|test|tests|config|defconfig)$/,
    );
    return isSet || !isLinking ? undefined : [insertBehind(nameSpan, 'LDFLAGS="-static -s"')];
  }
  if (!/(?:gcc|g\+\+|clang|clang\+\+|cc|c\+\+)(?:-[\d.]+)?$/.test(name)) return undefined;
  const isLinking = !has(/^-(?:c|S|E|M|MM|shared|fsyntax-only)$/);
  if (!isLinking || has(/^-static/) || outputOf(build) !== lastNameOf(build.path)) return undefined;
  const options = [
    "-static",
    ...(has(/^-O/) ? [] : ["-Os"]),
    ...(has(/^-s$|^-Wl,.*-s\b/) ? [] : ["-s"]),
  ];
  return [insertBehind(nameSpan, options.join(" "))];
}

function outputOf({ step }: StaticBuildInput): string {
  const { args } = step.command;
  const at = args.findIndex(({ text }) => text === "-o");
  const joined = args.find(({ text }) => /^-o./.test(text))?.text.slice(2);
  return lastNameOf(at < 0 ? (joined ?? "a.out") : (args[at + 1]?.text ?? ""));
}

const makes = /^g?make$/;

function* caveats({ step, facts }: StaticBuildInput): Generator<string> {
  const { name = "" } = step.command;
  if (makes.test(name)) {
    yield "LDFLAGS on the command line takes the place of what the Makefile sets, and works only where the Makefile uses it.";
  }
  const foreign = facts.needed.filter((one) => !isSystemLibrary(one));
  if (foreign.length > 0) {
    yield `The build image has to have ${foreign.join(", ")} as static libraries too.`;
  }
  const isGlibc = facts.needed.includes("libc.so.6");
  const asks = facts.mentions?.some((one) => one === "users" || one === "resolver") ?? true;
  if (isGlibc && asks) {
    yield "A program linked statically with glibc still loads modules of the same glibc for users and host names; with musl it does not.";
  }
  if (isGlibc)
    yield "With glibc, iconv and dlopen of a static program need files of the same glibc.";
  if (!isGlibc) yield "Only a build shows whether everything can be linked statically.";
}
