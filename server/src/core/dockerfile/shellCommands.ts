import {
  type AndOr,
  type Command,
  type CommandNode,
  type Script,
  type Statement,
  type SyntaxNode,
  type Word,
  forEachChild,
  parse,
} from "unbash";
import type { Span } from "../text/span.ts";
import { unwrapCommand } from "./shellWrappers.ts";
import type { ShellCertainty, ShellCommand, ShellRedirect, ShellWord } from "./shellScript.ts";
import { type ShellSource, quotedSource } from "./shellSource.ts";

/** All simple commands of a script in text order, those inside substitutions, branches, functions and `sh -c` included. */
export function collectCommands(script: Script, source: ShellSource): readonly ShellCommand[] {
  const found: ShellCommand[] = [];
  script.commands.forEach((statement, index) => {
    const at = { source, found, certainty: "always", depth: 0, statement: index } as const;
    visitStatement(statement, at);
  });
  return found;
}

/** Where the walk is. */
interface Walk {
  readonly source: ShellSource;
  readonly found: ShellCommand[];
  readonly certainty: ShellCertainty;
  readonly depth: number;
  readonly statement: number;
}

function visitStatement({ command, background }: Statement, walk: Walk): void {
  const inner: Walk = background === true ? { ...walk, certainty: "maybe" } : walk;
  if (command.type === "AndOr") visitList(command, inner);
  else visitPipeline(command, inner);
}

/** Behind `||` nothing is certain, unless what is there gives up: then success means that all before it succeeded. */
function visitList({ commands, operators }: AndOr, walk: Walk): void {
  const firstOr = operators.indexOf("||");
  const fallback = firstOr < 0 ? undefined : commands[firstOr + 1];
  const isGivingUp =
    fallback !== undefined && givesUp(fallback) && firstOr === operators.length - 1;
  commands.forEach((command, at) => {
    const isSure = at === 0 || firstOr < 0 || (isGivingUp && at <= firstOr);
    visitPipeline(command, isSure ? walk : { ...walk, certainty: "maybe" });
  });
}

function givesUp(node: AndOr["commands"][number]): boolean {
  if (node.type === "BraceGroup" || node.type === "Subshell") {
    const last = node.body.commands.at(-1)?.command;
    if (last === undefined) return false;
    return last.type === "AndOr" ? last.commands.some((one) => givesUp(one)) : givesUp(last);
  }
  return node.type === "Command" && ["exit", "false", "return"].includes(node.name?.value ?? "");
}

function visitPipeline(node: AndOr["commands"][number], walk: Walk): void {
  if (node.type !== "Pipeline") return visitNode(node, walk, 0, 1);
  node.commands.forEach((command, at) => visitNode(command, walk, at, node.commands.length));
}

function visitNode(node: CommandNode, walk: Walk, place: number, length: number): void {
  if (node.type === "Command") return visitCommand(node, walk, place, length);
  const inside: Walk = { ...walk, depth: walk.depth + 1 };
  if (isBranching(node)) return visitBranches(node, inside);
  switch (node.type) {
    case "Redirected":
      return visitNode(node.command, walk, place, length);
    case "Subshell":
    case "BraceGroup":
      return visitAll(node.body.commands, inside);
    case "Function":
    case "Coproc":
      return visitBody(node.body, unsure(inside));
    case "TestCommand":
    case "ArithmeticCommand":
      return undefined;
  }
}

type Branching = Extract<
  CommandNode,
  { type: "If" | "For" | "While" | "Case" | "Select" | "ArithmeticFor" }
>;

const branching: ReadonlySet<CommandNode["type"]> = new Set<Branching["type"]>([
  "If",
  "For",
  "While",
  "Case",
  "Select",
  "ArithmeticFor",
]);

function isBranching(node: CommandNode): node is Branching {
  return branching.has(node.type);
}

function visitBranches(node: Branching, walk: Walk): void {
  switch (node.type) {
    case "If":
      visitAll(node.clause.commands, walk);
      visitAll(node.then.commands, unsure(walk));
      for (const { clause, then } of node.elif) {
        visitAll([...clause.commands, ...then.commands], unsure(walk));
      }
      return visitAll(node.else?.commands ?? [], unsure(walk));
    case "For": {
      const words = node.wordlist ?? [];
      visitWords(words, walk);
      return visitAll(node.body.commands, words.length > 0 ? walk : unsure(walk));
    }
    case "While":
      return visitAll([...node.clause.commands, ...node.body.commands], unsure(walk));
    case "Case":
      return node.items.forEach(({ body }) => visitAll(body.commands, unsure(walk)));
    case "Select":
    case "ArithmeticFor":
      return visitAll(node.body.commands, unsure(walk));
  }
}

function visitAll(statements: readonly Statement[], walk: Walk): void {
  for (const statement of statements) visitStatement(statement, walk);
}

function unsure(walk: Walk): Walk {
  return { ...walk, certainty: "maybe" };
}

function visitBody(
  body: Extract<CommandNode, { type: "Function" | "Coproc" }>["body"],
  walk: Walk,
): void {
  if (body.type === "CompoundList") body.commands.forEach((one) => visitStatement(one, walk));
  else visitNode(body, walk, 0, 1);
}

function visitCommand(node: Command, walk: Walk, pipePlace: number, pipeLength: number): void {
  const { source, certainty, depth, statement } = walk;
  const { name, args, assignments, wrappers } = unwrapCommand({
    name: node.name && toWord(node.name, source),
    args: node.args.map((word) => toWord(word, source)),
    assignments: assignedIn(node),
  });
  const span = source.toSpan(node.pos, node.end);
  const isNamed = name?.isLiteral === true && !name.isPattern;
  walk.found.push({
    name: isNamed ? name.text.slice(name.text.lastIndexOf("/") + 1) : undefined,
    path: isNamed ? name.text : undefined,
    nameSpan: name?.span ?? { start: span.start, end: span.start },
    args,
    assignments,
    wrappers,
    redirects: redirectsOf(node, source),
    span,
    certainty,
    pipePlace,
    pipeLength,
    depth,
    statement,
  });
  if (node.name !== undefined) visitWord(node.name, walk);
  visitWords(node.args, walk);
  visitQuotedScript(isNamed ? name.text : "", args, walk);
}

function assignedIn({ prefix }: Command): ReadonlyMap<string, string | undefined> {
  if (prefix.length === 0) return nothingAssigned;
  const assigned = new Map<string, string | undefined>();
  for (const one of prefix) {
    if (one.type !== "Assignment") continue;
    const { value } = one;
    assigned.set(one.name, value.type === "Word" && isLiteral(value) ? value.value : undefined);
  }
  return assigned;
}

const nothingAssigned: ReadonlyMap<string, string | undefined> = new Map();

const nothingRedirected: readonly ShellRedirect[] = [];

function redirectsOf({ redirects }: Command, source: ShellSource): readonly ShellRedirect[] {
  if (redirects.length === 0) return nothingRedirected;
  return redirects.map((redirect) => {
    const target = redirect.type === "HereDoc" ? undefined : redirect.target;
    return { operator: redirect.operator, target: target && toWord(target, source) };
  });
}

/** `sh -c 'script'`: what it runs, all at the place of the word. */
function visitQuotedScript(name: string, args: readonly ShellWord[], walk: Walk): void {
  if (walk.depth >= deepest || !name.endsWith("sh")) return;
  if (!/(?:^|\/)(?:ba|da|a)?sh$/.test(name)) return;
  const option = args.findIndex(({ text }) => /^-\w*c$/.test(text));
  const script = option < 0 ? undefined : args[option + 1];
  if (script === undefined) return;
  const source = quotedSource(script.text, script.span);
  const inner: Walk = { ...walk, source, depth: walk.depth + 1 };
  for (const statement of parse(script.text).commands) visitStatement(statement, inner);
}

/** Scripts in scripts in scripts are no longer looked into. */
const deepest = 16;

/** What runs in substitutions inside of words. */
function visitWords(words: readonly SyntaxNode[], walk: Walk): void {
  for (const word of words) visitWord(word, walk);
}

function visitWord(word: SyntaxNode, walk: Walk): void {
  const isPlain = word.type === "Word" && !(mayRunScript.test(word.text) && word.parts);
  if (!isPlain && walk.depth < deepest) visitScriptsIn(word, walk);
}

function visitScriptsIn(word: SyntaxNode, walk: Walk): void {
  const inside: Walk = { ...walk, depth: walk.depth + 1 };
  const look = (node: SyntaxNode): void => {
    const isScript = node.type === "CommandExpansion" || node.type === "ProcessSubstitution";
    if (!isScript) return forEachChild(node, look);
    // Positions in a script between backticks with escapes are those of another text.
    const { script } = node;
    const source =
      script?.source === undefined
        ? walk.source
        : quotedSource(script.source, walk.source.toSpan(node.pos, node.end));
    script?.commands.forEach((statement) => visitStatement(statement, { ...inside, source }));
  };
  look(word);
}

const mayRunScript = /[`(]/;

function toWord(node: Command["args"][number] | Word, source: ShellSource): ShellWord {
  const span = source.toSpan(node.pos, node.end);
  if (node.type !== "Word") {
    return { text: node.text, span, isLiteral: !/[$`]/.test(node.text), isPattern: false };
  }
  return (
    simpleWord(node.text, span) ?? {
      text: node.value,
      span,
      isLiteral: isLiteral(node),
      isPattern: isPattern(node),
    }
  );
}

/** A word without quotes, or in one pair of them, with nothing inside that means more than itself or a variable; taking such a word apart costs as much as all the rest. */
function simpleWord(written: string, span: Span): ShellWord | undefined {
  if (!written.startsWith("'") && !written.startsWith('"')) return undefined;
  const [, single, double] = simple.exec(written) ?? [];
  if (single !== undefined) return { text: single, span, isLiteral: true, isPattern: false };
  if (double === undefined) return undefined;
  return { text: double, span, isLiteral: !double.includes("$"), isPattern: false };
}

const simple = /^(?:'([^']*)'|"((?:[^"\\`$]|\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\}))*)")$/;

function isLiteral({ parts }: Word): boolean {
  if (parts === undefined) return true;
  return parts.every((part) =>
    part.type === "DoubleQuoted" || part.type === "LocaleString"
      ? part.parts.every((inner) => inner.type === "Literal")
      : literal.has(part.type) && (part.type !== "BraceExpansion" || !/[$`]/.test(part.text)),
  );
}

const patterns: ReadonlySet<string> = new Set(["Glob", "ExtendedGlob", "BraceExpansion"]);
const literal: ReadonlySet<string> = new Set([
  "Literal",
  "SingleQuoted",
  "AnsiCQuoted",
  ...patterns,
]);

function isPattern({ parts }: Word): boolean {
  return parts !== undefined && parts.some(({ type }) => patterns.has(type));
}
