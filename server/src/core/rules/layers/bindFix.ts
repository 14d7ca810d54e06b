import { removeInstruction } from "../../dockerfile/instructionEdits.ts";
import { addFlag, removePart } from "../../dockerfile/runEdits.ts";
import type { ShellCommand, ShellWord } from "../../dockerfile/shellScript.ts";
import type { Instruction, Keyword } from "../../dockerfile/syntax.ts";
import type { TextEdit } from "../../text/edit.ts";
import type { RuleContext } from "../context.ts";
import type { Fix, Saving } from "../rule.ts";
import { bytesAt } from "../measure.ts";
import { type FileActs, removalIndexOf } from "./fileActs.ts";
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
  if (source === undefined || !isPlainPath(path)) return undefined;
  if (!isOnlyUser(context, acts, { writer, user }, path)) return undefined;
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
  context: RuleContext,
  acts: readonly FileActs[],
  { writer, user }: { readonly writer: number; readonly user: number },
  path: string,
): boolean {
  for (let at = writer + 1; at < user; at += 1) {
    if (breaks.has(acts[at]?.instruction.keyword ?? "unknown")) return false;
  }
  if (isUsedBehind(context, acts, user, path)) return false;
  const users = (acts[user]?.commands ?? []).filter((command) => touches(command, path));
  return users.length > 0 && users.every(({ command }) => onlyRead(command.name));
}

/** Instructions between which nothing can be handed on: they run something, now or in a build of another image. */
const breaks: ReadonlySet<Keyword> = new Set<Keyword>(["RUN", "ONBUILD"]);

/** Whether a later line may touch the file: its words name it, or a build of another image may. */
function isUsedBehind(
  context: RuleContext,
  acts: readonly FileActs[],
  user: number,
  path: string,
): boolean {
  const { text, starts, lastOnbuild, hidden } = wordsOf(context, acts);
  if (lastOnbuild > user || text.indexOf(baseName(path), starts[user + 1]) >= 0) return true;
  if ((hidden.get(path) ?? -1) > user) return true;
  return removalIndexOf(context).firstFrom(user + 1, path) !== undefined;
}

/** The words of all commands of a text, to be searched again and again. */
interface Words {
  /** Those of all lines in their order, a character between them that is in no path. */
  readonly text: string;
  /** Where each line begins in it, by its place in the list of acts; one more for the end. */
  readonly starts: readonly number[];
  /** Place of the last ONBUILD; -1 without one. */
  readonly lastOnbuild: number;
  /** The last line with a word that means a path without naming it (`.`, `$X`), by that path. */
  readonly hidden: ReadonlyMap<string, number>;
}

function wordsOf(context: RuleContext, acts: readonly FileActs[]): Words {
  return context.recall("words of commands", () => {
    const starts: number[] = [];
    const hidden = new Map<string, number>();
    let text = "";
    for (const [at, { commands }] of acts.entries()) {
      starts.push(text.length);
      for (const { command, scope } of commands) {
        for (const word of wordsIn(command)) {
          text += `${word.text}\0`;
          const path =
            scope !== undefined && isIndirect.test(word.text) ? pathOfWord(word, scope) : undefined;
          if (path !== undefined) hidden.set(path, at);
        }
      }
    }
    starts.push(text.length);
    const lastOnbuild = acts.findLastIndex(({ instruction }) => instruction.keyword === "ONBUILD");
    return { text, starts, lastOnbuild, hidden };
  });
}

/** A word whose path may end in another name than the word itself. */
const isIndirect = /[$~`]|\.\.|^[./]+$/;

function wordsIn({ args, redirects }: ShellCommand): readonly ShellWord[] {
  if (redirects.length === 0) return args;
  return [...args, ...redirects.flatMap(({ target }) => (target === undefined ? [] : [target]))];
}

function touches({ command, scope }: ScopedCommand, path: string): boolean {
  const name = baseName(path);
  return wordsIn(command).some(
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
