import type { Instruction, Word } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";
import {
  type PatternIndex,
  type PlacedPattern,
  type WriteIndex,
  createPatternIndex,
  createWriteIndex,
} from "./actIndex.ts";
import { baseName, isAtOrBelow, resolvePath } from "./imagePath.ts";
import { type Scope, type ScopedCommand, pathOf, scopesOf } from "./scope.ts";
import { type FileRemoval, type FileWrite, shellActsOf } from "./shellActs.ts";

/** What a shipped instruction does to files, as far as the text says. */
export interface FileActs {
  readonly instruction: Instruction;
  /** Among the shipped instructions, from 0. */
  readonly place: number;
  /** At its start. */
  readonly scope: Scope;
  readonly writes: readonly FileWrite[];
  readonly removals: readonly FileRemoval[];
  /** Of a RUN's script; empty for all others. */
  readonly commands: readonly ScopedCommand[];
}

/** One for each shipped instruction, in their order. Read once for each version of the text. */
export function fileActsOf(context: RuleContext): readonly FileActs[] {
  return context.recall("file acts", () => readActs(context));
}

/** Place of an instruction in that list; -1 where it is not shipped. */
export function placeOfLine(context: RuleContext, { index }: Instruction): number {
  const places = context.recall(
    "places of lines",
    () => new Map(context.shipped.map((instruction, at) => [instruction.index, at])),
  );
  return places.get(index) ?? -1;
}

/** What those lines write, by path; made once for each version of the text. */
export function writeIndexOf(context: RuleContext): WriteIndex {
  return context.recall("writes by path", () => createWriteIndex(fileActsOf(context)));
}

/** A removal of a line, and the line's place in the list of acts. */
export interface PlacedRemoval extends PlacedPattern {
  readonly removal: FileRemoval;
}

/** What those lines take away, by path. */
export function removalIndexOf(context: RuleContext): PatternIndex<PlacedRemoval> {
  return context.recall("removals by path", () =>
    createPatternIndex(
      fileActsOf(context).flatMap(({ removals }, at) =>
        removals.map((removal): PlacedRemoval => ({ at, pattern: removal.pattern, removal })),
      ),
    ),
  );
}

function readActs(context: RuleContext): readonly FileActs[] {
  const scopes = scopesOf(context);
  return context.shipped.map((instruction, place): FileActs => {
    const scope = scopes[place] ?? noScope;
    const script = instruction.keyword === "RUN" ? context.shellOf(instruction) : undefined;
    if (script !== undefined) {
      const { writes, removals, commands } = shellActsOf(script, instruction, scope);
      return { instruction, place, scope, writes, removals, commands };
    }
    const writes = copiedBy(instruction, scope);
    return { instruction, place, scope, writes, removals: [], commands: [] };
  });
}

const noScope: Scope = {
  folder: "",
  home: undefined,
  variables: () => new Map(),
  instruction: -1,
  ownNames: new Set(),
};

/** What a COPY or ADD brings, by every path that it may get: whether the destination is a folder shows only in the image. Empty for patterns. */
function copiedBy(instruction: Instruction, scope: Scope): readonly FileWrite[] {
  const { keyword, words, flags } = instruction;
  const target = words.at(-1);
  const isCopy = keyword === "COPY" || keyword === "ADD";
  if (!isCopy || target === undefined || words.length < 2) return [];
  if (flags.some(({ name }) => name === "parents")) return [];
  const sources = words.slice(0, -1);
  const folder = pathOf(target.text, scope);
  if (folder === undefined) return [];
  const isFolder = sources.length > 1 || /(?:^|\/)\.?$/.test(target.text);
  const write = (path: string, { span }: Word): FileWrite => ({
    path,
    span,
    how: "copied",
    command: undefined,
  });
  const content = isFolder && folder !== "" ? [write(`${folder}/*`, target)] : [];
  const files = sources.flatMap((source) => {
    const inside = pathInside(folder, source.text);
    const paths = [...(isFolder ? [] : [folder]), ...(inside === undefined ? [] : [inside])];
    return paths.map((path) => write(path, source));
  });
  return [...files, ...content];
}

function pathInside(folder: string, source: string): string | undefined {
  const name = baseName(source.replace(isWeb.test(source) ? /[?#].*$/ : /\/+$/, ""));
  const isNamed = name !== "" && name !== "." && name !== ".." && !/[*?[$]|^<</.test(name);
  return isNamed ? resolvePath(folder, name) : undefined;
}

const isWeb = /^(?:https?|ftp):\/\//;

/** Whether an instruction's own commands take away again, behind the write, what it wrote. Silence is the safe answer: any chance counts. */
export function cleansUp({ removals }: FileActs, { path, span }: FileWrite): boolean {
  return removals.some(
    ({ pattern, command }) =>
      command.span.start > span.start &&
      (pattern.matches(path) || isAtOrBelow(pattern.text, path.replace(/\/\*$/, ""))),
  );
}
