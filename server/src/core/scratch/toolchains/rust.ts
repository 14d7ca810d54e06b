import { insertBehind } from "../../dockerfile/runEdits.ts";
import type { TextEdit } from "../../text/edit.ts";
import { findCommandEnd } from "./commandEnd.ts";
import {
  type StaticBuild,
  type StaticBuildInput,
  isEditable,
  isSystemLibrary,
  variableOf,
} from "./staticBuild.ts";

/**
 * Another target for the machine that builds: musl where the image has rustup, else glibc linked statically. The program is copied to where it is looked for
 * today, so that no other line changes. Undefined where a target is given, and where the program is not taken from `target/release`. The Cargo Book
 * § Build cache, The rustc Book § target-feature.
 */
export function rustStatic(build: StaticBuildInput): StaticBuild | undefined {
  const { step, facts, input } = build;
  const [verb] = step.command.args;
  const target = targetOf(build);
  if (verb === undefined || target === undefined || !isUnderstood(build)) return undefined;
  const foreign = facts.needed.filter((one) => !isSystemLibrary(one));
  if (foreign.length > 0) {
    const reason = `The Rust program is linked with ${foreign.join(", ")}, of which it would need a static one.`;
    return { kind: "refused", reason };
  }
  const programs = takenPrograms(build);
  const end = findCommandEnd(input, step);
  if (programs.length === 0 || end === undefined) return undefined;
  const sources = programs.map((one) => `target/${target.name}/release/${one}`).join(" ");
  const at = (offset: number, newText: string): TextEdit => ({
    span: { start: offset, end: offset },
    newText,
  });
  const isStripSet = variableOf(build, "CARGO_PROFILE_RELEASE_STRIP") !== "";
  const strip = isStripSet ? "" : "CARGO_PROFILE_RELEASE_STRIP=symbols ";
  return {
    kind: "offered",
    title: target.title,
    edits: [
      ...(target.before === "" ? [] : [at(step.command.span.start, target.before)]),
      at(step.command.nameSpan.start, target.variables + strip),
      insertBehind(verb.span, `--target ${target.name}`),
      at(end, ` && mkdir -p target/release && cp ${sources} target/release/`),
    ],
    caveats: [
      target.caveat,
      "The target is named after the machine that builds: amd64 and arm64 have one of that name, others do not.",
    ],
    programBytes: undefined,
  };
}

interface Target {
  readonly name: string;
  readonly title: string;
  /** What runs before; "" for nothing. */
  readonly before: string;
  /** Assignments before the command; "" for none. */
  readonly variables: string;
  readonly caveat: string;
}

/** Undefined without rustup where the C library is not glibc, and where flags are set that this would take the place of. */
function targetOf(build: StaticBuildInput): Target | undefined {
  if (hasRustup(build)) {
    const name = '"$(uname -m)-unknown-linux-musl"';
    return {
      name,
      title: "built for musl",
      before: `rustup target add ${name} && `,
      variables: "",
      caveat: "Crates with C code need a C compiler for musl in the build image (musl-tools).",
    };
  }
  const isGlibc = build.facts.needed.includes("libc.so.6");
  if (!isGlibc || variableOf(build, "RUSTFLAGS") !== "") return undefined;
  return {
    name: '"$(uname -m)-unknown-linux-gnu"',
    title: "linked statically",
    before: "",
    variables: 'RUSTFLAGS="-C target-feature=+crt-static" ',
    caveat:
      "A program linked statically with glibc still loads modules of the same glibc for users and host names; with musl it does not.",
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
