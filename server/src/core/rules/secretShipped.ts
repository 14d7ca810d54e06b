import type { Instruction } from "../dockerfile/syntax.ts";
import { pathOf } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import { wasteKinds } from "../image/image.ts";
import type { Piecework } from "../image/piecework.ts";
import { formatSize } from "../text/size.ts";
import type { RuleContext } from "./context.ts";
import { bindFix } from "./layers/bindFix.ts";
import { type FileActs, fileActsOf, placeOfLine } from "./layers/fileActs.ts";
import { type LayerPair, layerPairs } from "./layers/hiddenPairs.ts";
import { nameOfPath, quotePath } from "./layers/imagePath.ts";
import { secretPathIn, secretsIn } from "./layers/secretPaths.ts";
import { namesOfLines } from "./layers/sentences.ts";
import { type EarlierWrite, isSureRemoval, writtenBefore } from "./layers/writtenBefore.ts";
import type { Fix, Report, Rule } from "./rule.ts";

/** Keys, tokens and `.git` that the final files do not show, and that everyone who pulls the image can read in a lower layer. */
export const secretShipped: Rule = {
  code: "secret-shipped",
  title: "A deleted secret is still in the image",
  severity: "error",
  *check(context) {
    const acts = fileActsOf(context);
    yield* measuredReports(context, acts);
    for (const { place: at, instruction } of acts) {
      if (context.measuredLayers(instruction) !== undefined) continue;
      const report = textReport(context, acts, at);
      if (report !== undefined) yield report;
    }
  },
};

/** A secret in the layer of a line that no longer shows in the final files. */
interface HiddenSecret {
  readonly path: string;
  readonly bytes: number;
  readonly writer: Instruction;
  /** Undefined where the line that hides it is not known. */
  readonly hider: Instruction | undefined;
}

function* measuredReports(
  context: RuleContext,
  acts: readonly FileActs[],
): Iterable<Report | undefined> {
  const secrets = yield* hiddenSecrets(context);
  const lines = new Set(secrets.map(({ hider, writer }) => hider ?? writer));
  for (const line of [...lines].toSorted((a, b) => a.index - b.index)) {
    const own = secrets.filter(({ hider, writer }) => (hider ?? writer) === line);
    const [first] = own;
    if (first === undefined) continue;
    const paths = [...new Set(own.map(({ path }) => path))];
    const bytes = own.reduce((sum, secret) => sum + secret.bytes, 0);
    const isHere = first.hider === undefined;
    const where = isHere
      ? "this layer"
      : `the layer of ${namesOfLines(own.map(({ writer }) => writer))}`;
    const isOne = paths.length === 1;
    const still = `still in ${where}, readable for everyone who pulls the image`;
    yield {
      span: line.keywordSpan,
      instruction: line.index,
      message: `${namesOf(paths)} (${formatSize(bytes)}) ${isOne ? "is" : "are"} hidden ${isHere ? "later" : "here"} and ${still}.`,
      saving: { bytes, basis: "measured" },
      fixes: isOne ? () => mountFix(context, acts, first.writer, first.hider, first.path) : [],
      related: isHere
        ? []
        : own.map(({ writer, path }) => ({
            span: writer.keywordSpan,
            message: `${quotePath(path)} comes into the image here.`,
          })),
    };
  }
}

function namesOf(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).map(quotePath);
  const more = paths.length - shown.length;
  return more === 0 ? shown.join(", ") : `${shown.join(", ")} and ${more} more secrets`;
}

function* hiddenSecrets(context: RuleContext): Piecework<readonly HiddenSecret[]> {
  const { read, memory } = context;
  if (read === undefined) return [];
  const lineOf = new Map(
    context.shipped.flatMap((instruction) =>
      (context.measuredLayers(instruction) ?? []).map((layer) => [layer, instruction] as const),
    ),
  );
  const secrets: HiddenSecret[] = [];
  for (const pair of layerPairs(context)) {
    const writer = lineOf.get(pair.writtenByLayer);
    if (writer === undefined || writer.keyword === "FROM") continue;
    const hider = lineOf.get(pair.hiddenByLayer);
    const name = `secrets ${pair.writtenByLayer} ${pair.hiddenByLayer}`;
    const found = memory.recall(read, name, () => secretsOfPair(read, pair));
    for (const [path, bytes] of found) {
      if (isFromOutside(path, writer)) secrets.push({ path, bytes, writer, hider });
    }
    yield;
  }
  return secrets;
}

/** What a RUN clones is a repository that others may have too; what is copied in is one's own. */
function isFromOutside(path: string, { keyword }: Instruction): boolean {
  return keyword !== "RUN" || !path.endsWith(".git");
}

function secretsOfPair(
  { waste, layers }: ReadImage,
  { writtenByLayer, rows }: LayerPair,
): ReadonlyMap<string, number> {
  const tree = layers[writtenByLayer]?.tree;
  if (tree === undefined) return new Map();
  const gone = rows.filter((row) => !staysVisible.has(wasteKinds[waste.kind[row] ?? 0] ?? ""));
  const rowOf = new Map(gone.map((row) => [waste.node[row] ?? 0, row]));
  const secrets = secretsIn(tree, [...rowOf.keys()], (node) => pathOf(tree, node));
  const bytesOf = (node: number): number => waste.bytes[rowOf.get(node) ?? -1] ?? 0;
  return new Map(
    Array.from(secrets, ([path, nodes]) => [
      path,
      nodes.reduce((sum, node) => sum + bytesOf(node), 0),
    ]),
  );
}

/** Waste of which the same content is in the final files. */
const staysVisible: ReadonlySet<string> = new Set(["metadata-only", "moved"]);

function textReport(
  context: RuleContext,
  acts: readonly FileActs[],
  at: number,
): Report | undefined {
  const hider = acts[at];
  for (const removal of hider?.removals ?? []) {
    const earlier = isSureRemoval(removal) ? writtenBefore(context, acts, at, removal) : undefined;
    if (hider === undefined || earlier === undefined || !isSecret(earlier)) continue;
    const { write, writer } = earlier;
    return {
      severity: "warning",
      span: { start: removal.command.nameSpan.start, end: removal.span.end },
      instruction: hider.instruction.index,
      message: `${nameOfPath(write.path)} stays in the layer of ${namesOfLines([writer])}, readable for everyone who pulls the image.`,
      saving: undefined,
      fixes: () => mountFix(context, acts, writer, hider.instruction, write.path),
      related: [{ span: write.span, message: "It comes into the image here." }],
    };
  }
  return undefined;
}

function isSecret({ write, writer }: EarlierWrite): boolean {
  const path = write.path.replace(/\/\*$/, "");
  return secretPathIn(path) === path && isFromOutside(path, writer);
}

/** A mount in place of the COPY, where the line that deletes the file is the only one that uses it. */
function mountFix(
  context: RuleContext,
  acts: readonly FileActs[],
  writtenBy: Instruction,
  hiddenBy: Instruction | undefined,
  path: string,
): readonly Fix[] {
  const writer = placeOfLine(context, writtenBy);
  const hider = hiddenBy === undefined ? -1 : placeOfLine(context, hiddenBy);
  const fix = writer < 0 || hider < 0 ? undefined : bindFix(context, acts, writer, hider, path);
  return fix === undefined ? [] : [fix];
}
