import type { Instruction } from "../dockerfile/syntax.ts";
import { plainPath } from "../image/treePaths.ts";
import { healthExecWords, healthWords, isStaticProgram } from "./healthCommand.ts";
import { type Need, type NeedContext, answer, carry } from "./needs.ts";
import { shippedScripts } from "./runEffects.ts";

/** A HEALTHCHECK: what it runs is the program itself, another static program, or something that scratch does not have; undefined without one. */
export function healthCheck(context: NeedContext): Need | undefined {
  const { input, paths } = context;
  const instruction = input.chain
    .flatMap(({ instructions }) => instructions)
    .findLast(({ keyword }) => keyword === "HEALTHCHECK");
  if (instruction === undefined) return undefined;
  const script = input.shellOf(instruction);
  if ((script?.commands ?? []).length === 0) return undefined;
  const isExec = healthExecWords(instruction) !== undefined;
  const [named = ""] = healthWords(instruction, script) ?? [];
  const kept = keptProgram(context, named);
  const { check } = answer(
    "health-check",
    kept !== undefined && isExec ? "ok" : "needs",
    "Health check",
    healthEvidence(kept, named, isExec ? "exec" : "shell"),
    instruction.keywordSpan,
  );
  if (kept !== "other" || paths === undefined) return { check, carried: [] };
  const carried = carry(paths, plainPath(named), "health-check");
  return { check: { ...check, bytes: carried.bytes }, carried: [carried] };
}

function healthEvidence(kept: KeptProgram, named: string, form: Instruction["form"]): string {
  if (kept === undefined) {
    const runs = form === "exec" ? "It runs a command" : "It runs a command in a shell";
    return `${runs}, which scratch does not have: whoever runs the container has to probe it from outside.`;
  }
  const runs = kept === "own" ? "It runs the program itself" : `It runs ${named}, a static program`;
  return form === "exec" ? `${runs}.` : `${runs}: it becomes exec form.`;
}

/** The program that is started, or another one that needs nothing besides. */
type KeptProgram = "own" | "other" | undefined;

/** What of the new image a HEALTHCHECK can run. */
function keptProgram({ input, program }: NeedContext, named: string): KeptProgram {
  if (named === "") return undefined;
  const isPath = named.startsWith("/");
  const path = plainPath(named);
  if (named === program?.words[0] || (isPath && path === program?.paths[0])) return "own";
  if (!isPath || input.read === undefined) return undefined;
  return isStaticProgram(input.read, path) ? "other" : undefined;
}

/** Directories that the text makes or hands to a user: they have to be there before the container starts. */
export function writableDirectories({ input, paths }: NeedContext): Need | undefined {
  const made = shippedScripts(input)
    .flatMap(({ script }) => script.commands)
    .filter(({ name }) => name === "mkdir" || name === "chown" || name === "install")
    .flatMap(({ args }) => args.filter(({ text, isLiteral }) => isLiteral && text.startsWith("/")))
    .map(({ text }) => plainPath(text));
  const directories = [...new Set(made)].filter((path) => isEmptyDirectory(paths, path));
  if (directories.length === 0) return undefined;
  return {
    check: {
      kind: "writable-directories",
      state: "needs",
      title: "Directories",
      evidence: `The text makes ${directories.map((path) => `/${path}`).join(", ")}, which the container may write to.`,
      bytes: undefined,
      span: undefined,
    },
    carried: directories.map((path) => ({
      path,
      isDirectory: true,
      bytes: 0,
      why: "writable-directories",
    })),
  };
}

function isEmptyDirectory(paths: NeedContext["paths"], path: string): boolean {
  const node = paths?.findExact(path);
  if (paths === undefined || node === undefined) return false;
  return (paths.tree.subtreeEnd[node] ?? 0) === node + 1 && paths.tree.kind[node] === 0;
}

/** Who gets the stop signal. */
export function signals({ program }: NeedContext): Need | undefined {
  if (program === undefined || program.form === "shell") return undefined;
  return {
    check: {
      kind: "signals",
      state: "ok",
      title: "Signals",
      evidence:
        program.form === "exec"
          ? "The program is process 1 and gets the stop signal, as it does today."
          : "The program becomes process 1 and gets the stop signal itself, not a shell that may keep it.",
      bytes: undefined,
      span: undefined,
    },
    carried: [],
  };
}
