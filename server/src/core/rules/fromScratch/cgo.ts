import type { ElfFacts } from "../../image/elf.ts";
import { lastNameOf } from "../../image/treePaths.ts";
import { createBuilds, isGo } from "../builds.ts";
import type { RuleContext } from "../context.ts";
import type { Fix } from "../rule.ts";

/** Builds a Go program that was linked with cgo without it: then it needs no library. Only where one line copied it and one `go build` can have made it. */
export function withoutCgoFix(
  context: RuleContext,
  path: string,
  { go }: ElfFacts,
): readonly Fix[] {
  if (go?.settings.includes("CGO_ENABLED=1") !== true) return [];
  const copies = context.shipped.filter(
    ({ keyword, flags, words }) =>
      keyword === "COPY" &&
      flags.some(({ name }) => name === "from") &&
      words.some(({ text }) => lastNameOf(text) === lastNameOf(path)),
  );
  const [build, ...others] = copies.flatMap(createBuilds(context)).filter(isGo);
  if (build === undefined || others.length > 0 || build.command.assignments.has("CGO_ENABLED")) {
    return [];
  }
  const { start } = build.command.span;
  return [
    {
      title: "Build the Go program without cgo",
      kind: "quickfix",
      isSafe: false,
      edits: [{ span: { start, end: start }, newText: "CGO_ENABLED=0 " }],
      saving: undefined,
    },
  ];
}
