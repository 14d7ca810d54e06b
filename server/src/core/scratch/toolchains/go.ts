import type { ShellWord } from "../../dockerfile/shellScript.ts";
import { insertBehind } from "../../dockerfile/runEdits.ts";
import type { TextEdit } from "../../text/edit.ts";
import { textOf } from "../../text/span.ts";
import {
  type StaticBuild,
  type StaticBuildInput,
  isEditable,
  isSystemLibrary,
  variableOf,
} from "./staticBuild.ts";

/**
 * `CGO_ENABLED=0` with `-trimpath` and `-ldflags="-s -w"`, which any GOOS and GOARCH take. Refused where the program really is made of C as well;
 * undefined where the step is not understood or cgo is not the reason. cmd/cgo, cmd/link.
 */
export function goStatic(build: StaticBuildInput): StaticBuild | undefined {
  const { step, facts, bytes } = build;
  const { args, nameSpan } = step.command;
  const [verb] = args;
  if (!isEditable(build) || verb === undefined || !/^(?:build|install)$/.test(verb.text)) {
    return undefined;
  }
  const foreign = facts.needed.filter((name) => !isSystemLibrary(name));
  if (foreign.length > 0) {
    return refused(
      `The Go program calls C code in ${foreign.join(", ")}, so cgo cannot be left out.`,
    );
  }
  if (variableOf(build, "CGO_ENABLED") === "1") {
    return refused("The text asks for cgo (CGO_ENABLED=1), so it is not left out.");
  }
  const flags = [variableOf(build, "GOFLAGS"), ...args.map(({ text }) => text)];
  const needsC = flags.some(
    (flag) => flag === undefined || /-(?:race|msan|asan|linkshared)\b|-buildmode\b/.test(flag),
  );
  if (needsC || variableOf(build, "CGO_ENABLED") !== "") return undefined;
  const start = nameSpan.start;
  const linker = linkerEdits(build, verb, args);
  const edits: readonly TextEdit[] = [
    { span: { start, end: start }, newText: "CGO_ENABLED=0 " },
    ...linker,
  ];
  return {
    kind: "offered",
    title: "built without cgo",
    edits,
    caveats: [
      "Packages that are partly written in C, such as SQLite drivers, stop working without cgo: run the program once.",
    ],
    programBytes: linker.length === 0 ? bytes : bytes - (facts.removableBytes ?? 0),
  };
}

function refused(reason: string): StaticBuild {
  return { kind: "refused", reason };
}

/** `-trimpath` and `-s -w`, put into linker flags that are there; none where those are not literal or GOFLAGS has some. */
function linkerEdits(
  build: StaticBuildInput,
  verb: ShellWord,
  args: readonly ShellWord[],
): readonly TextEdit[] {
  if (/ldflags/.test(variableOf(build, "GOFLAGS") ?? "")) return [];
  const isTrimmed = args.some(({ text }) => /^--?trimpath$/.test(text));
  const trim = isTrimmed ? "" : "-trimpath ";
  const at = args.findIndex(({ text }) => /^--?ldflags\b/.test(text));
  const option = args[at];
  if (option === undefined) return [insertBehind(verb.span, `${trim}-ldflags="-s -w"`)];
  const trimmed = trim === "" ? [] : [insertBehind(verb.span, trim.trimEnd())];
  const value = option.text.includes("=") ? option : args[at + 1];
  if (value === undefined || /(?:^|[\s='"])-s(?![\w-])/.test(value.text)) return trimmed;
  const written = textOf(build.input.dockerfile.text, value.span);
  const opening = /^(?:--?ldflags=)?["']/.exec(written)?.[0];
  if (opening === undefined) return trimmed;
  const start = value.span.start + opening.length;
  return [...trimmed, { span: { start, end: start }, newText: "-s -w " }];
}
