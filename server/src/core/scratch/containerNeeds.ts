import { plainPath } from "../image/treePaths.ts";
import type { Need, NeedContext } from "./needs.ts";
import { shippedScripts } from "./runEffects.ts";

/** A HEALTHCHECK that runs a tool or a shell, which scratch does not have; undefined without one. */
export function healthCheck({ input, program }: NeedContext): Need | undefined {
  const instruction = input.chain
    .flatMap(({ instructions }) => instructions)
    .findLast(({ keyword }) => keyword === "HEALTHCHECK");
  const script = instruction && input.shellOf(instruction);
  const [command] = script?.commands ?? [];
  if (instruction === undefined || command === undefined) return undefined;
  const isExec = script?.form === "exec";
  const isOwn = isExec && program?.words[0] === command.path;
  const runs = isExec ? "It runs a command" : "It runs a command in a shell";
  return {
    check: {
      kind: "health-check",
      state: isOwn ? "ok" : "needs",
      title: "Health check",
      evidence: isOwn
        ? "It runs the program itself."
        : `${runs}, which scratch does not have: whoever runs the container has to probe it from outside.`,
      bytes: undefined,
      span: instruction.keywordSpan,
    },
    carried: [],
  };
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
