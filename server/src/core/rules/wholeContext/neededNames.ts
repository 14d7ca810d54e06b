import type { Instruction } from "../../dockerfile/syntax.ts";
import { textOf } from "../../text/span.ts";
import type { RuleContext } from "../context.ts";
import { copiesContext } from "./contextCopy.ts";
import type { Ignorable } from "./ignorable.ts";

/** Whether something of the build context must stay in it: some line of the file names it, or may work with it. */
export type IsNeeded = (what: Ignorable) => boolean;

/** What the lines of all stages use: they share one build context. `copy` is the line that takes the whole of it. */
export function neededBy(context: RuleContext, copy: Instruction): IsNeeded {
  const names = namesIn(context);
  const runs = context.dockerfile.instructions.filter(({ keyword }) => keyword === "RUN");
  const commands = runs.flatMap((run) => context.shellOf(run)?.commands ?? []);
  const usesGit = commands.some(
    ({ name, args }) => name === "git" && args[0]?.text !== "clone" && args[0]?.text !== "config",
  );
  const isTesting = [...names].some((name) => testing.test(name));
  const isReplaced = installsAnew(context, copy);
  return ({ kind, pattern }) => {
    const name = pattern.replace(/^\*\*\//, "");
    if (kind === "packages") return !isReplaced;
    if (names.has(name)) return true;
    if (kind === "history") return usesGit;
    return kind === "tests" && isTesting;
  };
}

const testing =
  /^(?:tests?|test:.*|pytest|tox|nox|jest|vitest|mocha|ava|rspec|phpunit|ctest|check|cypress|playwright|coverage|verify)$/;

/** All names in the arguments of all lines, but those that copy the whole context. */
function namesIn({ dockerfile }: RuleContext): ReadonlySet<string> {
  const names = new Set<string>();
  for (const instruction of dockerfile.instructions) {
    if (silent.has(instruction.keyword)) continue;
    const words = copiesContext(instruction)
      ? instruction.words.slice(-1).map(({ text }) => text)
      : [instruction.argumentText];
    const bodies = instruction.heredocs.map(({ bodySpan }) => textOf(dockerfile.text, bodySpan));
    for (const text of [...words, ...bodies]) {
      for (const name of text.split(/[^\w.:@-]+/)) names.add(name);
    }
  }
  return names;
}

const silent: ReadonlySet<string> = new Set(["FROM", "LABEL", "MAINTAINER", "EXPOSE"]);

/**
 * Whether the packages of the context are of no use: the same stages install them, before the COPY puts the context's over them, or behind it with
 * `npm ci`, which begins by deleting them.
 */
function installsAnew(context: RuleContext, copy: Instruction): boolean {
  const installs = context.shipped
    .filter(({ keyword }) => keyword === "RUN")
    .flatMap((run) => (context.shellOf(run)?.commands ?? []).map((command) => ({ run, command })))
    .filter(({ command }) => command.certainty === "always" && managers.has(command.name ?? ""));
  return installs.some(({ run, command: { name, args } }) => {
    const verb = args.find(({ text }) => !text.startsWith("-"))?.text;
    const isClean = name === "npm" && (verb === "ci" || verb === "clean-install");
    const isInstall =
      isClean || verb === "install" || verb === "i" || (name === "yarn" && verb === undefined);
    return run.index < copy.index ? isInstall : isClean;
  });
}

const managers: ReadonlySet<string> = new Set(["npm", "yarn", "pnpm", "bun"]);
