import type { ShellCommand, ShellScript, ShellWord } from "../../dockerfile/shellScript.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { Span } from "../../text/span.ts";
import { type PathPattern, baseName, isAtOrBelow, resolvePath } from "./imagePath.ts";
import { type Scope, type ScopedCommand, pathOfWord, patternsOf, scopedCommands } from "./scope.ts";

/** A file or directory that the text says is written. */
export interface FileWrite {
  /** As images name it, or with what is not known in it: `?/a`, `tmp/go$V.tgz`. A directory's content is written as `dir/*`. */
  readonly path: string;
  /** The words that say so. */
  readonly span: Span;
  readonly how: "copied" | "downloaded" | "made";
  /** Undefined for COPY and ADD. */
  readonly command: ShellCommand | undefined;
}

/** A command that takes files away. */
export interface FileRemoval {
  readonly pattern: PathPattern;
  readonly span: Span;
  readonly command: ShellCommand;
  /** False where it may remove less than the pattern says, or nothing: `find … -delete`, a branch. */
  readonly isCertain: boolean;
}

/** What a script does to files, in text order, as far as its words say. Nothing under a mount counts: that is in no layer. */
export interface ShellActs {
  readonly writes: readonly FileWrite[];
  readonly removals: readonly FileRemoval[];
  readonly commands: readonly ScopedCommand[];
}

/** Reads a RUN's script. */
export function shellActsOf(
  script: ShellScript,
  instruction: Instruction,
  start: Scope,
): ShellActs {
  const commands = scopedCommands(script, start);
  let writes: FileWrite[] = [];
  let removals: FileRemoval[] = [];
  for (const { command, scope } of commands) {
    if (scope === undefined) continue;
    writes = extended(writes, writesOf(command, scope));
    removals = extended(removals, removalsOf(command, scope));
  }
  const mounts = mountedPaths(instruction, start);
  if (mounts.length === 0) return { commands, writes, removals };
  const isKept = (path: string): boolean => !mounts.some((mount) => isAtOrBelow(path, mount));
  return {
    commands,
    writes: writes.filter(({ path }) => isKept(path)),
    removals: removals.filter(({ pattern }) => isKept(pattern.text)),
  };
}

/** The list itself, longer, or a new one in place of an empty one: nearly all have one entry or none, and pushing makes room for many. */
function extended<T>(list: T[], more: readonly T[]): T[] {
  if (more.length === 0) return list;
  if (list.length === 0) return [...more];
  for (const one of more) list.push(one);
  return list;
}

/** Where `--mount` puts what is in no layer. */
export function mountedPaths({ flags }: Instruction, scope: Scope): readonly string[] {
  if (flags.length === 0) return [];
  return flags.flatMap(({ name, value }) => {
    if (name !== "mount" || value === undefined) return [];
    const target = /(?:^|,)(?:target|dst|destination)=([^,]*)/.exec(value)?.[1];
    const path = target === undefined ? undefined : resolvePath(scope.folder, target);
    return path === undefined ? [] : [path];
  });
}

function writesOf(command: ShellCommand, scope: Scope): readonly FileWrite[] {
  if (command.redirects.length === 0) return downloadsOf(command, scope);
  const redirected = command.redirects.flatMap(({ operator, target }) =>
    target !== undefined && /^(?:\d*|&)>{1,2}\|?$/.test(operator)
      ? writeAt(target, scope, command, "made")
      : [],
  );
  return [...redirected, ...downloadsOf(command, scope)];
}

function writeAt(
  word: ShellWord,
  scope: Scope,
  command: ShellCommand,
  how: FileWrite["how"],
): readonly FileWrite[] {
  const path = word.isPattern ? undefined : pathOfWord(word, scope);
  if (path === undefined || path === "" || isAtOrBelow(path, "dev")) return [];
  return [{ path, span: word.span, how, command }];
}

function downloadsOf(command: ShellCommand, scope: Scope): readonly FileWrite[] {
  switch (command.name ?? "") {
    case "curl":
      return curlWrites(command, scope);
    case "wget":
      return wgetWrites(command, scope);
    case "apt-get":
    case "apt":
      return command.args.some(({ text }) => text === "update")
        ? [{ path: "var/lib/apt/lists/*", span: command.nameSpan, how: "downloaded", command }]
        : [];
    case "git":
      return cloneWrites(command, scope);
    default:
      return [];
  }
}

/** `-o file`, also as the end of `-fsSLo file`, and `-O` with the last part of the URL. */
function curlWrites(command: ShellCommand, scope: Scope): readonly FileWrite[] {
  const { args } = command;
  if (args.some(({ text }) => text.startsWith("--output-dir"))) return [];
  const named = args.flatMap((word, at): readonly ShellWord[] => {
    const next = args[at + 1];
    const takesNext = word.text === "--output" || /^-[a-zA-Z#]*o$/.test(word.text);
    return takesNext && next !== undefined ? [next] : joinedValue(word, /^--output=/);
  });
  const isRemote = args.some(({ text }) => /^(?:--remote-name|-[a-zA-NP-Z#]*O)$/.test(text));
  const urls = isRemote ? args.filter(isUrl) : [];
  return [
    ...named
      .filter(({ text }) => text !== "-")
      .flatMap((word) => writeAt(word, scope, command, "downloaded")),
    ...urls.flatMap((word) => writeRemote(word, scope, command)),
  ];
}

/** `-O file`, else the last part of the URL, in the folder of `-P`. */
function wgetWrites(command: ShellCommand, scope: Scope): readonly FileWrite[] {
  const { args } = command;
  const valueOf = ({ alone, joined }: typeof outputOption): ShellWord | undefined => {
    const at = args.findIndex(({ text }) => alone.test(text));
    return at >= 0 ? args[at + 1] : args.flatMap((word) => joinedValue(word, joined))[0];
  };
  const output = valueOf(outputOption);
  if (output !== undefined) {
    return output.text === "-" ? [] : writeAt(output, scope, command, "downloaded");
  }
  if (
    args.some(({ text }) =>
      /^(?:-[a-zA-Z]*[rmi]|--spider|--recursive|--mirror|--input-file.*)$/.test(text),
    )
  ) {
    return [];
  }
  const prefix = valueOf(prefixOption);
  const folder = prefix === undefined ? scope.folder : pathOfWord(prefix, scope);
  if (folder === undefined) return [];
  return args.filter(isUrl).flatMap((word) => writeRemote(word, { ...scope, folder }, command));
}

const outputOption = {
  alone: /^(?:--output-document|-[a-zA-Z]*O)$/,
  joined: /^--output-document=/,
};
const prefixOption = {
  alone: /^(?:--directory-prefix|-[a-zA-Z]*P)$/,
  joined: /^--directory-prefix=/,
};

/** The part of a word behind an option that it begins with. */
function joinedValue(word: ShellWord, option: RegExp): readonly ShellWord[] {
  return option.test(word.text) ? [{ ...word, text: word.text.replace(option, "") }] : [];
}

function isUrl({ text }: ShellWord): boolean {
  return /^(?:https?|ftp):\/\/[^/]+\/./.test(text);
}

function writeRemote(word: ShellWord, scope: Scope, command: ShellCommand): readonly FileWrite[] {
  const name = baseName(word.text.replace(/[?#].*$/, ""));
  return name === "" ? [] : writeAt({ ...word, text: name }, scope, command, "downloaded");
}

/** `git clone URL [directory]`. */
function cloneWrites(command: ShellCommand, scope: Scope): readonly FileWrite[] {
  const clone = command.args.findIndex(({ text }) => text === "clone");
  if (clone < 0) return [];
  const words = command.args.slice(clone + 1);
  const url = words.findIndex(({ text }) => /^(?:https?|ssh|git):\/\/|^git@/.test(text));
  const word = words[url];
  if (word === undefined) return [];
  const target = words[url + 1];
  const name = baseName(word.text.replace(/\/+$/, "")).replace(/\.git$/, "");
  const place =
    target !== undefined && !target.text.startsWith("-") ? target : { ...word, text: name };
  return writeAt(place, scope, command, "downloaded").map((write) => ({
    ...write,
    path: `${write.path}/*`,
  }));
}

function removalsOf(command: ShellCommand, scope: Scope): readonly FileRemoval[] {
  const words = removedWords(command);
  if (words.length === 0) return [];
  const { name, certainty } = command;
  const isCertain = certainty === "always" && (name === "rm" || name === "unlink");
  return words.flatMap((word) =>
    patternsOf(word, scope).map((pattern) => ({ pattern, span: word.span, command, isCertain })),
  );
}

function removedWords(command: ShellCommand): readonly ShellWord[] {
  switch (command.name ?? "") {
    case "rm":
    case "unlink":
    case "shred":
      return operandsOf(command);
    case "mv":
      return operandsOf(command).slice(0, -1);
    case "find":
      return operandsOf(command).slice(0, 1);
    case "apt-get":
    case "apt":
      return command.args.some(({ text }) => text === "dist-clean" || text === "distclean")
        ? [
            {
              text: "/var/lib/apt/lists",
              span: command.nameSpan,
              isLiteral: true,
              isPattern: false,
            },
          ]
        : [];
    default:
      return [];
  }
}

/** Arguments that are no options; those behind `--` all. */
export function operandsOf({ args }: ShellCommand): readonly ShellWord[] {
  const end = args.findIndex(({ text }) => text === "--");
  return args.filter(
    ({ text }, at) =>
      (end >= 0 && at > end) || (at !== end && (text === "-" || !text.startsWith("-"))),
  );
}
