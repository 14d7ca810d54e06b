import type { Instruction, Keyword } from "../dockerfile/syntax.ts";
import type { Confidence } from "./attribution.ts";
import { type HistoryRow, foldBlanks } from "./createdBy.ts";
import type { ExpectedRow } from "./expectedRows.ts";
import { isBuildArgs, isLaunchedBy, isShell, isShellLike, scriptIn } from "./shellPrefix.ts";

/**
 * How well a row stands for an instruction: `certain` when the text agrees, `likely` when kind and destination do or when variables
 * hide a part of the text, undefined when the row was written by something else.
 */
export function matchRow(expected: ExpectedRow, row: HistoryRow): Confidence | undefined {
  const { instruction, filledIn } = expected;
  if (row.keyword !== instruction.keyword) return undefined;
  const found = matchText(expected, row);
  if (found === "certain" || filledIn === undefined) return found;
  return matchText(filledIn, row) ?? found;
}

function matchText(expected: ExpectedRow, row: HistoryRow): Confidence | undefined {
  const { keyword } = expected.instruction;
  if (keyword === "RUN") return matchScript(expected, row);
  if (keyword === "COPY" || keyword === "ADD") return matchCopy(expected, row);
  const text = expected.texts[0] ?? "";
  if (keyword === "WORKDIR") return matchPath(text, row.text);
  const ports = keyword === "EXPOSE" ? matchPorts(text, row.text) : undefined;
  return ports ?? matchMetadata(expected, row);
}

/** How alike an instruction and a row of the same kind are, 0–1: shared words, for COPY and ADD the same destination counts most. */
export function similarity(expected: ExpectedRow, row: HistoryRow, wordsIn = wordsOf): number {
  if (row.keyword !== expected.instruction.keyword) return 0;
  const { destination } = expected;
  if (destination !== undefined && destinationOf(row) === destination) return 0.8;
  const [text = ""] = expected.texts;
  const script = scriptIn(row.text, expected.shell);
  if (isContinued(script, text)) return 0.8;
  const mine = wordsIn(text);
  const theirs = wordsIn(script);
  if (mine.size + theirs.size === 0) return 1;
  let shared = 0;
  for (const word of mine) if (theirs.has(word)) shared += 1;
  return (2 * shared) / (mine.size + theirs.size);
}

/** `similarity` for holding many lines against many rows: the words of a text are looked for once. */
export function createSimilarity(): (expected: ExpectedRow, row: HistoryRow) => number {
  const known = new Map<string, ReadonlySet<string>>();
  const wordsIn = (text: string): ReadonlySet<string> => {
    const words = known.get(text) ?? wordsOf(text);
    known.set(text, words);
    return words;
  };
  return (expected, row) => similarity(expected, row, wordsIn);
}

/** Least likeness of an edited line to the row of its old text where nothing but its neighbours speaks for it. */
export const leastSimilarity = 0.5;

/** Whether a script is another one with commands added at its end, however many. */
function isContinued(script: string, text: string): boolean {
  const known = script.trim();
  return known !== "" && text.startsWith(known) && /^\s*(?:&&|;)/.test(text.slice(known.length));
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.split(/[\s"'[\],;&|=]+/).filter((word) => word !== ""));
}

function matchScript(expected: ExpectedRow, row: HistoryRow): Confidence | undefined {
  const found = expected.texts.map((script) => matchOneScript(expected, script, row.text));
  return found.find((one) => one === "certain") ?? found.find((one) => one !== undefined);
}

function matchOneScript(
  { instruction, shell }: ExpectedRow,
  script: string,
  written: string,
): Confidence | undefined {
  if (written === script) return "certain";
  if (!written.endsWith(` ${script}`)) return undefined;
  const prefix = written.slice(0, -script.length - 1);
  if (instruction.form === "exec" && isBuildArgs(prefix)) return "certain";
  if (isShell(prefix) || (shell !== undefined && isLaunchedBy(prefix, shell))) return "certain";
  return instruction.form === "shell" && isShellLike(prefix) ? "likely" : undefined;
}

function matchCopy(expected: ExpectedRow, row: HistoryRow): Confidence | undefined {
  const { destination } = expected;
  if (destination === undefined) return undefined;
  if (isHashed(row)) {
    const theirs = stripQuotes(destinationOf(row) ?? "");
    return matches(stripQuotes(destination), theirs) === undefined ? undefined : "likely";
  }
  const { flags, rest } = splitFlags(row.text);
  const isSameFlags = flags.every((flag) => hasFlag(expected.instruction, flag));
  return isSameFlags ? matches(expected.texts[0] ?? "", rest) : undefined;
}

/** Whether instructions of that kind bring files, other than a folder to work in. */
export function bringsFiles(keyword: Keyword | undefined): boolean {
  return keyword === "RUN" || keyword === "COPY" || keyword === "ADD";
}

/** Flags that leave the bytes of a line as they are. */
const weightlessFlags: ReadonlySet<string> = new Set(["link"]);

/** Whether a line that brings files has flags of which its row says nothing, so that they may be others than at the build: BuildKit names no stage and no mount. */
export function hasHiddenFlag({ keyword, flags }: Instruction, row: HistoryRow): boolean {
  if (!bringsFiles(keyword)) return false;
  const written = splitFlags(row.text).flags.map((flag) => flag.split("=")[0]);
  return flags.some(({ name }) => !weightlessFlags.has(name) && !written.includes(`--${name}`));
}

/** `--chown=1:1 a b` as its flags and the rest. */
function splitFlags(text: string): { readonly flags: readonly string[]; readonly rest: string } {
  const flags = /^(--\S+ )*/.exec(text)?.[0] ?? "";
  return { flags: flags.split(" ").filter(Boolean), rest: text.slice(flags.length) };
}

/** Builders leave flags of a line out, some all of them; one that is written must be on the line. */
function hasFlag({ flags }: Instruction, written: string): boolean {
  return flags.some(({ name, value }) =>
    matches(`--${name}${value === undefined ? "" : `=${value}`}`, written),
  );
}

/** `file:<hash> in /dest`, as the classic builder and buildah write it. */
function isHashed(row: HistoryRow): boolean {
  return /(^|\S)(file|dir|multi):[a-f0-9]+ in /.test(row.text);
}

function destinationOf(row: HistoryRow): string | undefined {
  if (isHashed(row)) return row.text.replace(/^.*?(file|dir|multi):[a-f0-9]+ in /, "");
  return row.text.split(" ").at(-1);
}

function matchPath(mine: string, theirs: string): Confidence | undefined {
  const bare = (path: string): string => stripQuotes(path).replace(/(?<=.)\/+$/, "");
  if (bare(mine).startsWith("/")) {
    // An empty last part leaves no slash.
    return matches(bare(mine), bare(theirs)) ?? matches(bare(mine), `${bare(theirs)}/`);
  }
  return (
    matches(bare(mine), bare(theirs)) ??
    (bare(theirs).endsWith(`/${bare(mine)}`)
      ? "certain"
      : matches(`$_/${bare(mine)}`, bare(theirs)))
  );
}

/** ENV, LABEL, CMD and the like: builders print them with other quotes, brackets, commas and equals signs. */
function matchMetadata(
  { instruction, texts }: ExpectedRow,
  row: HistoryRow,
): Confidence | undefined {
  const [text = ""] = texts;
  const mine = loosen(text);
  const theirs = loosen(row.text);
  if (mine === theirs) return "certain";
  const isSameFrame = variable.test(text) && isAround(text.split(variables), theirs);
  return isSameFrame ? "likely" : matchReprinted(instruction, mine, theirs);
}

/** Instructions that some builder prints in another order or with parts of its own. */
function matchReprinted(
  { keyword, form }: Instruction,
  mine: string,
  theirs: string,
): Confidence | undefined {
  if (keyword === "LABEL") return sorted(mine) === sorted(theirs) ? "certain" : undefined;
  // The value of a build argument as it was, the default, or none at all.
  const name = mine.split(" ")[0] ?? "";
  if (keyword === "ARG") return theirs.split(" ").includes(name) ? "likely" : undefined;
  const command = mine.replace(/^(--\S+ )*(CMD )?/, "");
  if (keyword === "HEALTHCHECK") return theirs.includes(command) ? "likely" : undefined;
  const isStart = keyword === "CMD" || keyword === "ENTRYPOINT";
  return isStart && form === "shell" && theirs.endsWith(` ${mine}`) ? "certain" : undefined;
}

function loosen(text: string): string {
  return foldBlanks(withoutMarks(text));
}

function withoutMarks(text: string): string {
  return text.replaceAll(/["'\\[\]{}]/g, "").replaceAll(/[,=]/g, " ");
}

/**
 * Whether a loosened text is these pieces with any value between each two. An empty value takes a blank next to it along, so that `A=$V B=c`
 * stands for `A B c` too: each blank counts as two, of which a piece claims one where a value is next to it.
 */
function isAround(pieces: readonly string[], theirs: string): boolean {
  const last = pieces.length - 1;
  const framed = pieces.map((piece, at) => {
    const words = withoutMarks(piece).replaceAll(/\s+/g, "  ");
    const start = at === 0 ? words.trimStart().replace(/^(?=.)/, " ") : words.replace(/^ /, "");
    return at === last ? start.trimEnd().replace(/(?<=.)$/, " ") : start.replace(/ $/, "");
  });
  return isInOrder(framed, ` ${theirs.replaceAll(" ", "  ")} `);
}

function sorted(text: string): string {
  return text.split(" ").sort().join(" ");
}

/** Builders sort ports, add `/tcp` and write ranges out. */
function matchPorts(mine: string, theirs: string): Confidence | undefined {
  const written = new Set(portsOf(theirs));
  const ports = portsOf(mine);
  const known = ports.filter((port) => !port.includes("$"));
  if (!known.every((port) => written.has(port))) return undefined;
  if (known.length < ports.length) return "likely";
  return written.size === known.length ? "certain" : undefined;
}

/** Most ports that a range may stand for; a longer one stays as it is written. */
const mostPorts = 1000;

function portsOf(text: string): readonly string[] {
  const words = text.match(/(?:\d|\$\{?\w)[\w${}-]*(?:\/(?:tcp|udp|sctp))?/gi) ?? [];
  return words.flatMap((word) => {
    const [, first, last, protocol = "tcp"] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(word) ?? [];
    if (first === undefined) return [word];
    const start = Number(first);
    const count = Number(last ?? first) - start + 1;
    if (count < 1 || count > mostPorts) return [word];
    return Array.from({ length: count }, (_, at) => `${start + at}/${protocol.toLowerCase()}`);
  });
}

function stripQuotes(text: string): string {
  return text.replaceAll(/["']/g, "");
}

const variable = /\$(?:\{[^}]*\}|\w+)/;
const variables = new RegExp(variable, "g");

/** Whether the texts agree, each variable of mine standing for anything: `likely` then, since its value at the build is not known. */
function matches(mine: string, theirs: string): Confidence | undefined {
  if (mine === theirs) return "certain";
  return variable.test(mine) && isInOrder(mine.split(variables), theirs) ? "likely" : undefined;
}

/** Whether a text starts with the first piece, ends with the last one and has the others between, in order. */
function isInOrder(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? "";
  const last = pieces.at(-1) ?? "";
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
