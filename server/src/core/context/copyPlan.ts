import { expandVariables, type Variables } from "../dockerfile/expand.ts";
import { parsePathPattern, type PathPattern } from "../dockerfile/pathPatterns.ts";
import { parentOf, stageChain } from "../dockerfile/stages.ts";
import type { Dockerfile, Flag, Heredoc, Instruction, Stage, Word } from "../dockerfile/syntax.ts";
import {
  createVariableScope,
  globalArguments,
  type VariableScope,
} from "../dockerfile/variables.ts";
import { fail, succeed, type Result } from "../result.ts";
import { textOf } from "../text/span.ts";
import { takesContext } from "./contextWanted.ts";
import type { ContextUnknown } from "./contextUnknown.ts";
import { createDestinations, type Destination, type Destinations } from "./destinations.ts";

/** A source of COPY or ADD. */
export type CopySource =
  | { readonly kind: "path"; readonly path: string }
  /** A file made of a heredoc, with its exact length. */
  | { readonly kind: "heredoc"; readonly name: string; readonly contentBytes: number };

/** What COPY or ADD says, with variables filled in. */
export interface CopyPlan {
  /** In text order, heredocs last: so builders copy them. */
  readonly sources: readonly CopySource[];
  readonly destination: Destination;
  readonly excludes: readonly PathPattern[];
  /** `--parents`: paths keep their folders. */
  readonly keepsParents: boolean;
  /** Whether a local archive is unpacked: ADD without `--unpack=false`. */
  readonly unpacks: boolean;
}

/** What an instruction takes from the build context, as far as its text tells. */
export function planCopy(
  dockerfile: Dockerfile,
  instruction: Instruction,
): Result<CopyPlan, ContextUnknown> {
  if (!takesContext(instruction)) return fail({ code: "not-context" });
  const stage = dockerfile.stages.findLast(({ from }) => from.index <= instruction.index);
  const reading = startReading(dockerfile, stage);
  for (const one of stage === undefined ? [] : chainInstructions(dockerfile, stage)) {
    if (one.index === instruction.index) break;
    reading.read(one);
  }
  return planAt(dockerfile.text, instruction, reading);
}

/** The plans of all instructions that take something from the build context, by instruction. Reads each stage once, going on from the one that it builds on. */
export function planCopies(
  dockerfile: Dockerfile,
): ReadonlyMap<number, Result<CopyPlan, ContextUnknown>> {
  const plans = new Map<number, Result<CopyPlan, ContextUnknown>>();
  const starts = startsOf(dockerfile);
  for (const stage of dockerfile.stages) {
    const reading = starts.take(stage);
    for (const one of stage.instructions) {
      if (takesContext(one)) plans.set(one.index, planAt(dockerfile.text, one, reading));
      reading.read(one);
    }
    starts.keep(stage, reading);
  }
  return plans;
}

/** Where the reading of each stage begins, asked for in the order of the text. */
interface Starts {
  take(stage: Stage): Reading;
  /** What was read up to the end of a stage, for those that build on it. */
  keep(stage: Stage, end: Reading): void;
}

/** The last stage that builds on another takes over what was read of that one: a long chain of stages is never copied. */
function startsOf(dockerfile: Dockerfile): Starts {
  const ends = new Map<Stage, Reading>();
  const waiting = new Map<Stage, number>();
  for (const stage of dockerfile.stages) {
    const parent = parentOf(dockerfile, stage);
    if (parent !== undefined) waiting.set(parent, (waiting.get(parent) ?? 0) + 1);
  }
  return {
    take(stage) {
      const parent = parentOf(dockerfile, stage);
      const end = parent && ends.get(parent);
      if (parent === undefined || end === undefined) return startReading(dockerfile, stage);
      const left = (waiting.get(parent) ?? 0) - 1;
      waiting.set(parent, left);
      if (left > 0) return end.copy();
      ends.delete(parent);
      return end;
    },
    keep(stage, end) {
      if (waiting.has(stage)) ends.set(stage, end);
    },
  };
}

function chainInstructions(dockerfile: Dockerfile, stage: Stage): readonly Instruction[] {
  return stageChain(dockerfile, stage).flatMap(({ instructions }) => instructions);
}

function planAt(
  text: string,
  instruction: Instruction,
  { variables, destinations }: Reading,
): Result<CopyPlan, ContextUnknown> {
  const { keyword, flags } = instruction;
  const written = instruction.words.slice(0, -1);
  const last = instruction.words.at(-1);
  if (last === undefined || written.length === 0) return fail({ code: "incomplete" });
  const sources = readSources(text, instruction, written, variables);
  if (!sources.ok) return sources;
  const excludes = readExcludes(flags);
  if (!excludes.ok) return excludes;
  const destination = expandVariables(last.text, variables);
  return succeed({
    sources: sources.value,
    destination: destinations.find(destination, last.text),
    excludes: excludes.value,
    keepsParents: isOn(flags, "parents"),
    unpacks:
      keyword === "ADD" && flags.every(({ name, value }) => name !== "unpack" || value !== "false"),
  });
}

function isOn(flags: readonly Flag[], wanted: string): boolean {
  return flags.some(({ name, value }) => name === wanted && value !== "false");
}

/** Variables and folders of the image as they are known when an instruction runs. */
interface Reading {
  readonly variables: Variables;
  readonly destinations: Destinations;
  /** Takes in what an instruction leaves behind. */
  read(instruction: Instruction): void;
  /** Another in the same state. O(variables and folders). */
  copy(): Reading;
}

function startReading(dockerfile: Dockerfile, stage: Stage | undefined): Reading {
  const scope = createVariableScope(globalArguments(dockerfile.instructions));
  const root = stage === undefined ? undefined : stageChain(dockerfile, stage)[0];
  return readingWith(scope, createDestinations(root?.base.kind === "scratch"));
}

function readingWith(scope: VariableScope, destinations: Destinations): Reading {
  return {
    variables: scope.variables,
    destinations,
    read(instruction) {
      const last = instruction.words.at(-1);
      if (last !== undefined) {
        destinations.read(instruction.keyword, expandVariables(last.text, scope.variables));
      }
      scope.read(instruction);
    },
    copy: () => readingWith(scope.copy(), destinations.copy()),
  };
}

function readSources(
  text: string,
  { heredocs }: Instruction,
  words: readonly Word[],
  variables: Variables,
): Result<readonly CopySource[], ContextUnknown> {
  const paths: CopySource[] = [];
  const contents: CopySource[] = [];
  for (const word of words) {
    const heredoc = isHeredoc(textOf(text, word.span)) ? heredocs[contents.length] : undefined;
    const source =
      heredoc === undefined ? readPath(word, variables) : readHeredoc(text, heredoc, variables);
    if (!source.ok) return source;
    (heredoc === undefined ? paths : contents).push(source.value);
  }
  return succeed([...paths, ...contents]);
}

function isHeredoc(written: string): boolean {
  return /^\d*<<-?\s*[^<]+$/.test(written);
}

const remote = /^(?:[a-z][a-z0-9+.-]*:\/\/|[\w.-]+@[\w.-]+:)/i;

function readPath({ text }: Word, variables: Variables): Result<CopySource, ContextUnknown> {
  const path = expandVariables(text, variables);
  if (path === undefined) return fail({ code: "variable", text });
  if (remote.test(path)) return fail({ code: "remote", source: path });
  return succeed({ kind: "path", path });
}

/**
 * The length of a heredoc's file. BuildKit parser.go and shell/lex.go: with a quoted name the body is taken as it stands, else variables are
 * filled in and backslashes escape, which is not followed here.
 */
function readHeredoc(
  text: string,
  { name, expands, stripsTabs, bodySpan, isClosed }: Heredoc,
  variables: Variables,
): Result<CopySource, ContextUnknown> {
  if (!isClosed) return fail({ code: "incomplete" });
  const written = textOf(text, bodySpan);
  const body = stripsTabs ? written.replaceAll(/^\t+/gm, "") : written;
  const isPlain = !expands || !/[$\\]/.test(body);
  if (!isPlain && body.includes("\\")) return fail({ code: "heredoc", name });
  const content = isPlain ? body : expandVariables(body, variables);
  if (content === undefined || (!isPlain && hasLooseDollar(body)))
    return fail({ code: "heredoc", name });
  return succeed({ kind: "heredoc", name, contentBytes: utf8Length(content) });
}

/** A dollar sign that opens no variable by the plain rules: what becomes of it is the builder's affair. */
function hasLooseDollar(body: string): boolean {
  return /\$(?![A-Za-z_{])/.test(body);
}

/** Bytes of a text in UTF-8. */
function utf8Length(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else bytes += code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function readExcludes(flags: readonly Flag[]): Result<readonly PathPattern[], ContextUnknown> {
  const excludes: PathPattern[] = [];
  for (const { name, value = "" } of flags) {
    if (name !== "exclude") continue;
    if (value.includes("$")) return fail({ code: "variable", text: value });
    const pattern = parsePathPattern(value);
    if (pattern === undefined) return fail({ code: "pattern-refused", text: value });
    excludes.push(pattern);
  }
  return succeed(excludes);
}
