import { insertBehind } from "../../dockerfile/runEdits.ts";
import { findCommandEnd } from "./commandEnd.ts";
import {
  type StaticBuild,
  type StaticBuildInput,
  isEditable,
  isSystemLibrary,
  variableOf,
} from "./staticBuild.ts";

/**
 * The musl target of the machine that builds, added with rustup; the program is copied to where it is looked for today, so that no other line changes.
 * Undefined without rustup, where a target is given, and where the program is not taken from `target/release`. The Cargo Book § Build cache.
 */
export function rustStatic(build: StaticBuildInput): StaticBuild | undefined {
  const { step, facts, input } = build;
  const { args, nameSpan, span } = step.command;
  const [verb] = args;
  if (verb === undefined || !isUnderstood(build)) return undefined;
  const foreign = facts.needed.filter((one) => !isSystemLibrary(one));
  if (foreign.length > 0) {
    return {
      kind: "refused",
      reason: `The Rust program is linked with ${foreign.join(", ")}, which the musl target does not have.`,
    };
  }
  const programs = takenPrograms(build);
  const end = findCommandEnd(input, step);
  if (programs.length === 0 || end === undefined || !hasRustup(build)) return undefined;
  const target = '"$(uname -m)-unknown-linux-musl"';
  const sources = programs.map((one) => `target/${target}/release/${one}`).join(" ");
  return {
    kind: "offered",
    title: "built for musl",
    edits: [
      { span: { start: span.start, end: span.start }, newText: `rustup target add ${target} && ` },
      ...(variableOf(build, "CARGO_PROFILE_RELEASE_STRIP") === ""
        ? [
            {
              span: { start: nameSpan.start, end: nameSpan.start },
              newText: "CARGO_PROFILE_RELEASE_STRIP=symbols ",
            },
          ]
        : []),
      insertBehind(verb.span, `--target ${target}`),
      {
        span: { start: end, end },
        newText: ` && mkdir -p target/release && cp ${sources} target/release/`,
      },
    ],
    caveats: [
      "Crates with C code need a C compiler for musl in the build image (musl-tools).",
      "The target is named after the machine that builds: amd64 and arm64 have one of that name, others do not.",
    ],
    programBytes: undefined,
  };
}

/** `cargo build --release` that builds for its own machine into its usual place. */
function isUnderstood(build: StaticBuildInput): boolean {
  const { args, name } = build.step.command;
  const has = (pattern: RegExp): boolean => args.some(({ text }) => pattern.test(text));
  const isElsewhere = has(/^--(?:target|target-dir|profile|manifest-path|artifact-dir)\b/);
  const isSet = ["CARGO_BUILD_TARGET", "CARGO_TARGET_DIR"].some(
    (one) => variableOf(build, one) !== "",
  );
  const isRelease = name === "cargo" && args[0]?.text === "build" && has(/^(?:--release|-r)$/);
  return isEditable(build) && isRelease && !isElsewhere && !isSet;
}

/** Names of programs that later lines take from `target/release`. */
function takenPrograms({ input, step, path }: StaticBuildInput): readonly string[] {
  const { text } = input.dockerfile;
  const own = /(?:^|\/)target\/release\/([\w-]+)$/.exec(path)?.[1];
  const later = input.dockerfile.instructions
    .filter(({ index }) => index >= step.run.index)
    .flatMap((instruction) => {
      const words =
        instruction.keyword === "RUN"
          ? (input.shellOf(instruction)?.commands ?? []).flatMap(({ args }) => args)
          : instruction.words;
      return words.flatMap(
        (word) => /(?:^|\/)target\/release\/([\w-]+)$/.exec(word.text)?.[1] ?? [],
      );
    });
  const isPattern = /target\/release\/[^\s"']*[*?{$]/.test(text);
  return isPattern ? [] : [...new Set([...later, ...(own === undefined ? [] : [own])])];
}

/** Whether the stage starts from an image that brings rustup: Docker's own `rust` on Debian. On Alpine its programs are static anyway. */
function hasRustup({ input, step }: StaticBuildInput): boolean {
  const stage = input.dockerfile.stages.findLast(({ from }) => from.index <= step.run.index);
  const name = stage?.base.kind === "image" ? stage.base.name : "";
  return /^(?:docker\.io\/)?(?:library\/)?rust(?:[:@]|$)/.test(name) && !name.includes("alpine");
}
