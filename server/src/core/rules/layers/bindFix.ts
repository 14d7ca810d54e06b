import { removeInstruction } from "../../dockerfile/instructionEdits.ts";
import { addFlag, removePart } from "../../dockerfile/runEdits.ts";
import type { Instruction, Keyword } from "../../dockerfile/syntax.ts";
import type { TextEdit } from "../../text/edit.ts";
import type { RuleContext } from "../context.ts";
import type { Fix, Saving } from "../rule.ts";
import { bytesAt } from "../measure.ts";
import type { FileActs } from "./fileActs.ts";
import { baseName, unknownFolder } from "./imagePath.ts";
import { partOf } from "./moveFix.ts";
import { type ScopedCommand, pathOfWord } from "./scope.ts";
import { secretPathIn } from "./secretPaths.ts";
import { operandsOf } from "./shellActs.ts";

/**
 * Hands a file to the one RUN that reads it by a bind mount, in place of a COPY; what deletes it in that RUN goes. Undefined where that might not be
 * the same: a folder, more than one user, a command that may write to it, a builder without mounts.
 */
export function bindFix(
  context: RuleContext,
  acts: readonly FileActs[],
  writer: number,
  user: number,
  path: string,
): Fix | undefined {
  const [copied, run] = [acts[writer], acts[user]];
  if (copied === undefined || run === undefined || !hasMounts(context)) return undefined;
  const source = sourceOf(copied.instruction);
  if (source === undefined || !isPlainPath(path) || !isOnlyUser(acts, writer, user, path))
    return undefined;
  const cleaning = withoutRemoval(context, run, path);
  if (cleaning === undefined) return undefined;
  const mount = `--mount=type=bind,${source},target=/${path}`;
  const edits = [
    ...removeInstruction(context.dockerfile, copied.instruction),
    addFlag(run.instruction, mount),
    ...cleaning,
  ];
  return {
    title: `Mount \`${baseName(path)}\` for this RUN`,
    kind: "quickfix",
    isSafe: false,
    edits,
    saving: savingOf(context, copied.instruction, path),
  };
}

function savingOf(context: RuleContext, copy: Instruction, path: string): Saving | undefined {
  const layers = context.measuredLayers(copy);
  if (layers === undefined || context.read === undefined) return undefined;
  return { bytes: bytesAt(context.read, layers, [path]), basis: "measured" };
}

/** False where the image's history shows a builder without `RUN --mount` and `COPY --chmod`. */
export function hasMounts({ attribution }: RuleContext): boolean {
  return attribution?.builder !== "classic" && attribution?.builder !== "kaniko";
}

function isPlainPath(path: string): boolean {
  return !path.startsWith(unknownFolder) && !/[$,\s"'*]/.test(path);
}

/** `from=…,source=…` of a COPY of one file, as far as its name tells a file from a folder. */
function sourceOf({ keyword, words, flags, heredocs }: Instruction): string | undefined {
  const [source] = words;
  const isOne = keyword === "COPY" && words.length === 2 && heredocs.length === 0;
  const isPlain = flags.every(({ name }) => name === "from" || name === "link");
  if (!isOne || !isPlain || source === undefined) return undefined;
  const isNamedFile = /[^/]\.\w+$/.test(source.text) || isSecretFile(source.text);
  const isFile = isNamedFile && !/[$,\s"'*?[]/.test(source.text);
  if (!isFile) return undefined;
  const from = flags.find(({ name }) => name === "from")?.value;
  return `${from === undefined ? "" : `from=${from},`}source=${source.text.replace(/^(?:\.?\/)+/, "")}`;
}

function isSecretFile(source: string): boolean {
  const path = source.replace(/^(?:\.?\/)+/, "");
  return secretPathIn(path) === path && !path.endsWith(".git");
}

/** Whether of all lines behind the COPY only this RUN touches the file, as far as words say, and only to read it. */
function isOnlyUser(
  acts: readonly FileActs[],
  writer: number,
  user: number,
  path: string,
): boolean {
  const isBetweenQuiet = acts
    .slice(writer + 1, user)
    .every(({ instruction }) => instruction.keyword !== "RUN" && instruction.keyword !== "ONBUILD");
  const later = acts.slice(user + 1);
  const isLaterQuiet = later.every(
    ({ commands, removals, instruction }) =>
      !needs.has(instruction.keyword) &&
      !removals.some(({ pattern }) => pattern.matches(path)) &&
      !commands.some((command) => touches(command, path)),
  );
  const users = (acts[user]?.commands ?? []).filter((command) => touches(command, path));
  return (
    isBetweenQuiet &&
    isLaterQuiet &&
    users.length > 0 &&
    users.every(({ command }) => onlyRead(command.name))
  );
}

/** Instructions behind which a build of another image may use the file. */
const needs: ReadonlySet<Keyword> = new Set<Keyword>(["ONBUILD"]);

function touches({ command, scope }: ScopedCommand, path: string): boolean {
  const name = baseName(path);
  const targets = command.redirects.flatMap(({ target }) => (target === undefined ? [] : [target]));
  return [...command.args, ...targets].some(
    (word) => word.text.includes(name) || (scope !== undefined && pathOfWord(word, scope) === path),
  );
}

function onlyRead(name: string | undefined): boolean {
  return readers.has(name ?? "");
}

/** Programs that leave the files they are given as they are; `rm` is taken out. */
const readers: ReadonlySet<string> = new Set([
  ".",
  "apk",
  "apt",
  "apt-get",
  "ash",
  "bash",
  "bsdtar",
  "cat",
  "cp",
  "dnf",
  "dpkg",
  "install",
  "microdnf",
  "node",
  "npm",
  "pip",
  "pip3",
  "python",
  "python3",
  "rm",
  "rpm",
  "sh",
  "sha256sum",
  "sha512sum",
  "source",
  "tar",
  "unzip",
  "yum",
  "zcat",
]);

/** The edits that take the file's `rm` out of the RUN; none where it has none, undefined where that cannot be done. */
function withoutRemoval(
  context: RuleContext,
  { instruction, removals }: FileActs,
  path: string,
): readonly TextEdit[] | undefined {
  const script = context.shellOf(instruction);
  const matching = removals.filter(({ pattern }) => pattern.matches(path));
  const [removal, ...others] = matching;
  if (script === undefined || script.form === "exec" || others.length > 0) return undefined;
  if (removal === undefined) return [];
  const isOwn = removal.pattern.text === path && operandsOf(removal.command).length === 1;
  const place = isOwn ? partOf(script, removal.command) : undefined;
  const hasOthers = script.commands.some(
    ({ statement, span }) =>
      statement !== place?.statement || span.start !== removal.command.span.start,
  );
  if (place === undefined || removal.command.name !== "rm" || !hasOthers) return undefined;
  return removePart(context.dockerfile, script, place.statement, place.part);
}
