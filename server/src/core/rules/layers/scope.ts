import { type Variables, expandVariables } from "../../dockerfile/expand.ts";
import type { ShellCommand, ShellScript, ShellWord } from "../../dockerfile/shellScript.ts";
import type { RuleContext } from "../context.ts";
import { type PathPattern, resolvePath, toPathPattern, unknownFolder } from "./imagePath.ts";

/** Where words of an instruction point to. */
export interface Scope {
  /** What relative paths start from, as images name it; `?` where only the base image knows. */
  readonly folder: string;
  /** What `~` stands for; undefined behind a USER other than root. */
  readonly home: string | undefined;
  /** Worked out when it is asked for: few words have a variable. */
  readonly variables: () => Variables;
  /** Tells variables of this instruction's own shell from those of others. */
  readonly instruction: number;
  /** Names that the shell script sets itself. */
  readonly ownNames: ReadonlySet<string>;
}

/** A command with the scope that `cd` before it left behind; undefined folder where that cannot be told. */
export interface ScopedCommand {
  readonly command: ShellCommand;
  readonly scope: Scope | undefined;
}

/** The scope at the start of each shipped instruction, in their order. WORKDIR and USER are followed from the base image on. */
export function scopesOf(context: RuleContext): readonly Scope[] {
  return context.recall("scopes", () => followScopes(context));
}

function followScopes(context: RuleContext): readonly Scope[] {
  const { shipped, image, chain } = context;
  const setsFolder = shipped.some(({ keyword }) => keyword === "WORKDIR");
  const known = image === undefined || setsFolder ? undefined : image.description.config.settings;
  const fromScratch = chain[0]?.base.kind === "scratch";
  let folder =
    fromScratch || known !== undefined
      ? (resolvePath("", known?.workingDir ?? "/") ?? "")
      : unknownFolder;
  let home: string | undefined = "root";
  return shipped.map((instruction) => {
    const scope: Scope = {
      folder,
      home,
      variables: () => context.environmentAt(instruction),
      instruction: instruction.index,
      ownNames: noNames,
    };
    if (instruction.keyword === "WORKDIR") {
      folder = pathOf(instruction.argumentText, scope) ?? unknownFolder;
    }
    if (instruction.keyword === "USER") {
      home = /^(?:root|0)(?::|$)/.test(instruction.argumentText) ? "root" : undefined;
    }
    return scope;
  });
}

const noNames: ReadonlySet<string> = new Set();

/** The path that an argument of a Dockerfile instruction names, variables filled in; unknown ones stay as written: `tmp/go$V.tgz`. */
export function pathOf(written: string, scope: Scope): string | undefined {
  const text = filledIn(written, scope);
  return text === undefined ? undefined : resolvePath(scope.folder, text);
}

/** The path that a word of a shell command names; undefined where a substitution makes it. */
export function pathOfWord({ text, isLiteral }: ShellWord, scope: Scope): string | undefined {
  const filled = isLiteral ? text : filledIn(text, scope);
  if (filled === undefined || filled === "") return undefined;
  if (filled !== "~" && !filled.startsWith("~/")) return resolvePath(scope.folder, filled);
  return scope.home === undefined ? undefined : resolvePath(scope.home, filled.slice(2));
}

/** The one pattern of paths that a word names; none where that is not known, nor for the root. */
export function patternsOf(word: ShellWord, scope: Scope): readonly PathPattern[] {
  const path = pathOfWord(word, scope);
  const pattern =
    path === undefined || path === "" ? undefined : toPathPattern(path, word.isPattern);
  return pattern === undefined ? [] : [pattern];
}

/** Known variables filled in; others kept by name, for the same name means the same as long as nobody sets it anew. */
function filledIn(text: string, { variables, ownNames, instruction }: Scope): string | undefined {
  if (!text.includes("$")) return text.includes("`") ? undefined : text;
  if (/\$\(|`/.test(text)) return undefined;
  const names = [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = ""]) => name);
  const isOwn = names.some((name) => ownNames.has(name));
  const filled = isOwn ? undefined : expandVariables(text, variables());
  if (filled !== undefined) return filled;
  const isPlain = !text.replaceAll(/\$(?:\w+|\{\w+\})/g, "").includes("$");
  if (!isPlain) return undefined;
  return text.replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) =>
    ownNames.has(name) ? `$${name}#${instruction}` : `$${name}`,
  );
}

/** The commands of a script, each with the folder it runs in; `start` is the scope of its instruction. */
export function scopedCommands(script: ShellScript, start: Scope): readonly ScopedCommand[] {
  const ownNames = namesSetIn(script);
  const own: Scope = ownNames === start.ownNames ? start : { ...start, ownNames };
  let scope: Scope | undefined = own;
  return script.commands.map((command): ScopedCommand => {
    const before = scope;
    if (changesFolder.has(command.name ?? "")) {
      const folder = folderBehind(command, before);
      scope = folder === undefined ? undefined : { ...own, folder };
    }
    return { command, scope: before };
  });
}

const changesFolder: ReadonlySet<string> = new Set(["cd", "pushd", "popd", "chroot"]);

/** Only a `cd` at the top that surely ran is followed. */
function folderBehind(command: ShellCommand, scope: Scope | undefined): string | undefined {
  const [target, ...others] = command.args.filter(({ text }) => text !== "--");
  if (command.name !== "cd" || command.depth > 0 || command.certainty === "maybe") return undefined;
  if (target === undefined || others.length > 0 || target.isPattern) return undefined;
  if (scope !== undefined) return pathOfWord(target, scope);
  const isAbsolute = target.isLiteral && target.text.startsWith("/");
  return isAbsolute ? resolvePath("", target.text) : undefined;
}

function namesSetIn({ commands }: ShellScript): ReadonlySet<string> {
  const isSetting = ({ name, assignments }: ShellCommand): boolean =>
    assignments.size > 0 || setsNames.has(name ?? "");
  if (!commands.some(isSetting)) return noNames;
  const names = new Set<string>();
  for (const { name, args, assignments } of commands) {
    for (const assigned of assignments.keys()) names.add(assigned);
    if (!setsNames.has(name ?? "")) continue;
    for (const { text } of args) names.add(/^\w*/.exec(text)?.[0] ?? "");
  }
  return names;
}

const setsNames: ReadonlySet<string> = new Set([
  "export",
  "read",
  "local",
  "declare",
  "readonly",
  "unset",
  "mapfile",
]);
