import { type Variables, expandVariables } from "../dockerfile/expand.ts";
import type { Dockerfile, Instruction, Stage } from "../dockerfile/syntax.ts";
import { createVariableScope, globalArguments } from "../dockerfile/variables.ts";
import { textOf } from "../text/span.ts";
import { foldBlanks } from "./createdBy.ts";

/** An instruction in the shapes in which builders write it into a history. */
export interface ExpectedRow {
  readonly instruction: Instruction;
  /** Texts that a row may carry, blanks folded, variables as written. */
  readonly texts: readonly string[];
  /** For COPY and ADD: the last word. */
  readonly destination: string | undefined;
  /** For RUN: the words of the shell that a SHELL above or the base image set, joined by blanks; undefined where that is not known. */
  readonly shell: string | undefined;
  /**
   * The same with variables as the file sets them, empty where it declares one without a value; undefined without variables and where one is
   * not known. Build arguments may differ.
   */
  readonly filledIn: ExpectedRow | undefined;
}

/**
 * What the history is expected to say of a chain of stages, in order; FROM leaves no row. `imageShell` is the shell that the built image
 * names: its base's, unless the chain sets one.
 */
export function expectedRows(
  dockerfile: Dockerfile,
  chain: readonly Stage[],
  imageShell: readonly string[] | undefined,
): readonly ExpectedRow[] {
  const scope = createVariableScope(globalArguments(dockerfile.instructions));
  const instructions = chain.flatMap((stage) => stage.instructions);
  const setsShell = instructions.some(({ keyword }) => keyword === "SHELL");
  let shell = setsShell ? undefined : imageShell?.join(" ");
  return instructions.flatMap((instruction) => {
    const { keyword, words } = instruction;
    if (keyword === "SHELL") shell = words.map((word) => word.text).join(" ");
    const isWithRow = keyword !== "FROM" && keyword !== "unknown";
    const row = toExpectedRow(dockerfile.text, instruction, shell, scope.variables);
    scope.read(instruction);
    return isWithRow ? [row] : [];
  });
}

function toExpectedRow(
  text: string,
  instruction: Instruction,
  shell: string | undefined,
  variables: Variables,
): ExpectedRow {
  const { keyword, words, argumentText } = instruction;
  const isCopy = keyword === "COPY" || keyword === "ADD";
  if (keyword === "RUN") {
    const texts = scriptsOf(text, instruction);
    return { instruction, texts, destination: undefined, shell, filledIn: undefined };
  }
  const sources = words.map((word) => word.text.replace(/^<<-?/, "<<"));
  const row: ExpectedRow = {
    instruction,
    texts: [foldBlanks(isCopy ? sources.join(" ") : argumentText)],
    destination: isCopy ? words.at(-1)?.text : undefined,
    shell,
    filledIn: undefined,
  };
  return argumentText.includes("$") ? { ...row, filledIn: fillIn(row, variables) } : row;
}

function fillIn(row: ExpectedRow, variables: Variables): ExpectedRow | undefined {
  const expand = (text: string): string | undefined =>
    expandVariables(text, variables) ?? expandVariables(text, withEmpty(variables));
  const filled = expand(row.texts[0] ?? "");
  if (filled === undefined || filled.trim() === "") return undefined;
  const destination = row.destination && expand(row.destination);
  return { ...row, texts: [foldBlanks(filled)], destination };
}

/** An ARG without a default is empty in a build that gives it no value. */
function withEmpty(variables: Variables): Variables {
  return {
    has: (name) => variables.has(name),
    get: (name) => variables.get(name) ?? (variables.has(name) ? "" : undefined),
  };
}

/** A RUN as its script, in the forms in which builders write it. */
function scriptsOf(text: string, instruction: Instruction): readonly string[] {
  const { argumentText, form, words, heredocs } = instruction;
  if (form === "exec") {
    // Docker joins the words; buildah keeps the array as written, behind a shell that it does not use.
    return [words.map((word) => word.text).join(" "), argumentText].map(foldBlanks);
  }
  const [first] = heredocs;
  if (first === undefined) return [foldBlanks(argumentText)];
  const bodies = heredocs.map(({ bodySpan, stripsTabs }) => {
    const body = textOf(text, bodySpan);
    return stripsTabs ? body.replaceAll(/^\t+/gm, "") : body;
  });
  if (/^<<-?\S+$/.test(argumentText)) {
    // A lone heredoc is the script itself, or a file that is run when it names its interpreter.
    const body = bodies[0] ?? "";
    return [foldBlanks(body.startsWith("#!") ? `/dev/pipes/${first.name}` : body)];
  }
  const whole = heredocs.reduce(
    (sum, { name }, index) => `${sum}\n${bodies[index] ?? ""}${name}`,
    argumentText,
  );
  return [foldBlanks(whole)];
}
