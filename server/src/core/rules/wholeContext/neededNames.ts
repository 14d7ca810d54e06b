import type { Instruction } from "../../dockerfile/syntax.ts";
import type { ShellCommand } from "../../dockerfile/shellScript.ts";
import { textOf } from "../../text/span.ts";
import type { RuleContext } from "../context.ts";
import { placeOfLine } from "../layers/fileActs.ts";
import { pathOf, scopesOf } from "../layers/scope.ts";
import { copiesContext } from "./contextCopy.ts";
import type { Ignorable } from "./ignorable.ts";

/** Whether something of the build context must stay in it: some line of the file names it, or may work with it. */
export type IsNeeded = (what: Ignorable) => boolean;

/** What the lines of all stages use: they share one build context. Asked for the line that takes the whole of it. */
export function createNeeds(context: RuleContext): (copy: Instruction) => IsNeeded {
  const named = new Map<string, boolean>();
  return (copy) =>
    ({ kind, pattern }) => {
      if (kind === "packages") return !isReplaced(context, copy);
      const name = pattern.replace(/^\*\*\//, "");
      const isNamed = named.get(name) ?? namingTexts(context).some((text) => hasName(text, name));
      named.set(name, isNamed);
      if (isNamed) return true;
      return kind === "history" ? usesGit(context) : kind === "tests" && isTesting(context);
    };
}

/** Whether packages that a COPY brings are made anew by a line of the file. */
function isReplaced(context: RuleContext, copy: Instruction): boolean {
  const scope = scopesOf(context)[placeOfLine(context, copy)];
  const target = scope && pathOf(copy.words.at(-1)?.text ?? "", scope);
  const installs = context.recall("installs of Node's packages", () => installsIn(context));
  return installs.some(
    ({ index, folder, isClean }) => folder === target && (index < copy.index || isClean),
  );
}

function usesGit(context: RuleContext): boolean {
  return context.recall("whether a RUN works with git", () =>
    context.dockerfile.instructions
      .filter(({ keyword }) => keyword === "RUN")
      .some((run) => context.shellOf(run)?.commands.some(worksWithGit) === true),
  );
}

function isTesting(context: RuleContext): boolean {
  return context.recall("whether a line names tests", () => namingTexts(context).some(hasTestName));
}

function worksWithGit({ name, args }: ShellCommand): boolean {
  return name === "git" && args[0]?.text !== "clone" && args[0]?.text !== "config";
}

const testing =
  /^(?:tests?|test:.*|pytest|tox|nox|jest|vitest|mocha|ava|rspec|phpunit|ctest|check|cypress|playwright|coverage|verify)$/;

/** Where names stand: the arguments of all lines, but what those copy that take the whole context. */
function namingTexts(context: RuleContext): readonly string[] {
  return context.recall("texts with names", () => readTexts(context));
}

function readTexts({ dockerfile }: RuleContext): readonly string[] {
  const texts: string[] = [];
  for (const instruction of dockerfile.instructions) {
    if (silent.has(instruction.keyword)) continue;
    if (!copiesContext(instruction)) texts.push(instruction.argumentText);
    else texts.push(...instruction.words.slice(-1).map(({ text }) => text));
    for (const { bodySpan } of instruction.heredocs) texts.push(textOf(dockerfile.text, bodySpan));
  }
  return texts;
}

const nameChars = /^[\w.:@-]+$/;

/** Whether a name stands in a text, alone or as a part of a path. */
function hasName(text: string, name: string): boolean {
  if (!nameChars.test(name)) return false;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const around = `${text[at - 1] ?? " "}${text[at + name.length] ?? " "}`;
    if (!/[\w.:@-]/.test(around)) return true;
  }
  return false;
}

function hasTestName(text: string): boolean {
  return text.split(/[^\w.:@-]+/).some((name) => testing.test(name));
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
