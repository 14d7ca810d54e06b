import type { Instruction } from "../../dockerfile/syntax.ts";
import type { ElfFacts } from "../../image/elf.ts";
import { contentAt, elfAt } from "../../image/evidence.ts";
import { nameOf } from "../../image/fileTree.ts";
import type { ReadImage } from "../../image/image.ts";
import { type LibraryClosure, libraryClosureOf } from "../../image/libraryClosure.ts";
import { lastNameOf } from "../../image/treePaths.ts";
import type { RuleContext } from "../context.ts";
import type { Fix, Report, Severity } from "../rule.ts";
import { hasCertificates, looksForCertificates } from "./certificates.ts";
import { withoutCgoFix } from "./cgo.ts";
import { type FinalFiles, finalFilesOf } from "./finalFiles.ts";
import { firstRun } from "./firstRun.ts";
import { isMissingProgram } from "./missingProgram.ts";
import { type Root, findProgram, variable } from "./root.ts";

/** What is wrong with the program that the container starts: with the built image all of it, on text alone only that no line brings it. */
export function* programReports(context: RuleContext, files: FinalFiles): Iterable<Report> {
  if (files.image === undefined) yield* textReports(context, files);
  const start = startOf(context, files);
  if (start === undefined) return;
  const { root, named, instruction } = start;
  const trouble = troubleWith(context, root, named);
  if (trouble === undefined) return;
  const { message, severity, fixes } = trouble;
  yield {
    span: instruction.words[0]?.span ?? instruction.keywordSpan,
    instruction: instruction.index,
    ...(severity === undefined ? {} : { severity }),
    message,
    saving: undefined,
    fixes: fixes ?? [],
    related: [],
  };
}

function* textReports(context: RuleContext, final: FinalFiles): Iterable<Report> {
  for (const instruction of [firstRun(context), startingLine(context)]) {
    const [program] = instruction?.words ?? [];
    if (instruction?.form !== "exec" || program === undefined) continue;
    const files = instruction.keyword === "RUN" ? finalFilesOf(context, instruction.index) : final;
    if (!isMissingProgram(context, files, instruction, program.text)) continue;
    yield {
      span: program.span,
      instruction: instruction.index,
      message: `\`${program.text}\` is started here, and nothing brings it into this image.`,
      saving: undefined,
      fixes: [],
      related: [],
    };
  }
}

/** What names the program: ENTRYPOINT, else CMD. */
function startingLine({ shipped }: RuleContext): Instruction | undefined {
  const last = (keyword: string): Instruction | undefined =>
    shipped.findLast((one) => one.keyword === keyword);
  return last("ENTRYPOINT") ?? last("CMD");
}

interface Start {
  readonly root: Root;
  readonly instruction: Instruction;
  /** First word of the exec form. */
  readonly named: string;
}

/** The line that names the program, in exec form, where the image was built from it. */
function startOf(context: RuleContext, { image }: FinalFiles): Start | undefined {
  const settings = context.image?.description.config.settings;
  const instruction = startingLine(context);
  if (image === undefined || settings === undefined || instruction?.form !== "exec") {
    return undefined;
  }
  const words = instruction.keyword === "CMD" ? settings.cmd : settings.entrypoint;
  const named = words?.[0];
  if (named === undefined || named !== instruction.words[0]?.text) return undefined;
  return { root: { ...image, settings }, instruction, named };
}

interface Trouble {
  readonly message: string;
  /** The rule's own unless told. */
  readonly severity?: Severity;
  readonly fixes?: readonly Fix[];
}

function troubleWith(context: RuleContext, root: Root, named: string): Trouble | undefined {
  const path = findProgram(root, named);
  if (path === undefined) {
    return { message: `\`${named}\` is started here and is not in the image.` };
  }
  const facts = elfAt(root.read, path);
  if (facts !== undefined) return troubleWithElf(context, root, path, facts);
  const interpreter = missingInterpreter(root, path);
  return interpreter === undefined
    ? undefined
    : {
        message: `\`/${path}\` is a script for \`${interpreter}\`, which is not in the image.`,
      };
}

function troubleWithElf(
  context: RuleContext,
  root: Root,
  path: string,
  facts: ElfFacts,
): Trouble | undefined {
  const closure = libraryClosureOf(root.read, path, variable(root.settings, "LD_LIBRARY_PATH"));
  const missing = missingLibraries(root, closure);
  if (missing.length > 0) {
    const what = facts.interpreter === missing[0] ? "the loader " : "";
    const verb = missing.length === 1 ? "is" : "are";
    return {
      message: `\`/${path}\` needs ${what}${listed(missing)}, which ${verb} not in the image.`,
      fixes: withoutCgoFix(context, path, facts),
    };
  }
  if (!looksForCertificates(facts, closure) || hasCertificates(root)) return undefined;
  return {
    message: `\`/${path}\` looks for CA certificates, and the image has none: connections that check a server's certificate fail.`,
    severity: "information",
  };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 4).map((name) => `\`${name}\``);
  const rest = names.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** The interpreter that a script names and that is not there. execve(2). */
function missingInterpreter(root: Root, path: string): string | undefined {
  const head = contentAt(root.read, path)?.bytes;
  if (head === undefined) return undefined;
  const line = new TextDecoder().decode(head.subarray(0, 512));
  const [, program, argument = ""] = /^#![ \t]*(\S+)(?:[ \t]+(\S+))?/.exec(line) ?? [];
  if (program === undefined) return undefined;
  if (findProgram(root, program) === undefined) return program;
  const isNamed = lastNameOf(program) === "env" && /^\w[\w.+-]*$/.test(argument);
  return isNamed && findProgram(root, argument) === undefined ? argument : undefined;
}

/** In the order in which they are asked for. A file of such a name anywhere may be found in ways that are not seen here. */
function missingLibraries(root: Root, closure: LibraryClosure): readonly string[] {
  const names = closure.missing.map(({ name }) => name);
  if (names.length === 0) return [];
  const present = namesIn(root.read, new Set(names.map(lastNameOf)));
  return names.filter((name) =>
    name.startsWith("/") ? findProgram(root, name) === undefined : !present.has(lastNameOf(name)),
  );
}

function namesIn({ finalTree }: ReadImage, wanted: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (let node = 1; node < finalTree.nodeCount; node += 1) {
    const name = nameOf(finalTree, node);
    if (wanted.has(name)) found.add(name);
  }
  return found;
}
