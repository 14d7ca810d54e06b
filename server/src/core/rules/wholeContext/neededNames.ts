import type { Instruction } from "../../dockerfile/syntax.ts";
import { textOf } from "../../text/span.ts";
import type { RuleContext } from "../context.ts";
import { pathOf, scopesOf } from "../layers/scope.ts";
import { copiesContext } from "./contextCopy.ts";
import type { Ignorable } from "./ignorable.ts";

/** Whether something of the build context must stay in it: some line of the file names it, or may work with it. */
export type IsNeeded = (what: Ignorable) => boolean;

/** What the lines of all stages use: they share one build context. Asked for the line that takes the whole of it. */
export function createNeeds(context: RuleContext): (copy: Instruction) => IsNeeded {
  const names = namesIn(context);
  const runs = context.dockerfile.instructions.filter(({ keyword }) => keyword === "RUN");
  const commands = runs.flatMap((run) => context.shellOf(run)?.commands ?? []);
  const usesGit = commands.some(
    ({ name, args }) => name === "git" && args[0]?.text !== "clone" && args[0]?.text !== "config",
  );
  const isTesting = [...names].some((name) => testing.test(name));
  const installs = installsIn(context);
  const scopes = scopesOf(context);
  return (copy) => {
    const scope = scopes[context.shipped.indexOf(copy)];
    const target = scope && pathOf(copy.words.at(-1)?.text ?? "", scope);
    const isReplaced = installs.some(
      ({ index, folder, isClean }) => folder === target && (index < copy.index || isClean),
    );
    return ({ kind, pattern }) => {
      if (kind === "packages") return !isReplaced;
      if (names.has(pattern.replace(/^\*\*\//, ""))) return true;
      return kind === "history" ? usesGit : kind === "tests" && isTesting;
    };
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

/** Where a shipped line installs the packages of Node. */
interface Install {
  /** Of the instruction. */
  readonly index: number;
  readonly folder: string | undefined;
  /** It begins by deleting what is there, as `npm ci` does. */
  readonly isClean: boolean;
}

/** Before a COPY any of them makes the packages of the context useless in its folder, behind it only one that deletes them. */
function installsIn(context: RuleContext): readonly Install[] {
  const scopes = scopesOf(context);
  return context.shipped.flatMap((run, at) => {
    const commands = run.keyword === "RUN" ? (context.shellOf(run)?.commands ?? []) : [];
    return commands
      .filter(({ name, certainty }) => certainty === "always" && managers.has(name ?? ""))
      .flatMap(({ name, args }): readonly Install[] => {
        const verb = args.find(({ text }) => !text.startsWith("-"))?.text;
        const isClean = name === "npm" && (verb === "ci" || verb === "clean-install");
        const isInstall = verb === "install" || verb === "i" || (name === "yarn" && !verb);
        const { index } = run;
        return isClean || isInstall ? [{ index, folder: scopes[at]?.folder, isClean }] : [];
      });
  });
}

const managers: ReadonlySet<string> = new Set(["npm", "yarn", "pnpm", "bun"]);
