import { parseBaseName } from "../bases/baseName.ts";
import { traitsOf } from "../bases/traitsOf.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { elfAt } from "../image/evidence.ts";
import { interpretedLanguageOf, isStarter } from "../image/programNames.ts";
import type { ElfFacts } from "../image/elf.ts";
import { formatSize } from "../text/size.ts";
import type { RuleContext } from "./context.ts";
import { finalFilesOf } from "./fromScratch/finalFiles.ts";
import { type Root, findProgram } from "./fromScratch/root.ts";
import type { Rule } from "./rule.ts";

/**
 * A program that loads nothing, in an image that is mostly something else. Needs the built image. It only reports: where the stage can go is found on
 * more evidence than rules look at, and offered on the same line.
 */
export const staticInFatImage: Rule = {
  code: "static-program-in-fat-image",
  title: "A static program is shipped with a system around it",
  severity: "warning",
  *check(context) {
    const final = context.chain.at(-1);
    const { read } = context;
    if (final === undefined || read === undefined || isBare(context)) return;
    const program = findStaticProgram(context);
    if (program === undefined) return;
    const restBytes = read.layerContentBytes - program.bytes;
    if (restBytes < leastRestBytes || restBytes < program.bytes) return;
    const [image] = final.from.words;
    yield {
      span: image?.span ?? final.from.keywordSpan,
      instruction: final.from.index,
      message: `\`/${program.path}\` is a static program of ${formatSize(program.bytes)}: to start it needs none of the other ${formatSize(restBytes)} of this image.`,
      saving: undefined,
      fixes: [],
      related: [],
    };
  },
};

/** Below this nobody gains by leaving a system away; distroless' static image is 2 to 3 MB. */
const leastRestBytes = 5e6;

/** Whether the base has nothing but files for static programs already. */
function isBare({ chain }: RuleContext): boolean {
  const base = chain[0]?.base;
  if (base?.kind === "scratch") return true;
  const name = base?.kind === "image" ? parseBaseName(base.name) : undefined;
  return name !== undefined && traitsOf(name)?.kind === "static";
}

/** What the container starts, where it is a static program and the image was built from these lines. */
function findStaticProgram(
  context: RuleContext,
): { readonly path: string; readonly bytes: number } | undefined {
  const { image } = finalFilesOf(context);
  const settings = context.image?.description.config.settings;
  if (image === undefined || settings === undefined) return undefined;
  const root: Root = { ...image, settings };
  const named = startedName(context, root);
  const path = named === undefined ? undefined : findProgram(root, named);
  const facts = path === undefined ? undefined : elfAt(root.read, path);
  if (path === undefined || facts === undefined || !isStatic(facts)) return undefined;
  if (isRunningOthers(path)) return undefined;
  const node = root.paths.find(path);
  const bytes = node === undefined ? undefined : root.paths.tree.bytes[node];
  return bytes === undefined ? undefined : { path, bytes };
}

/** Interpreters, shells and what starts another program: what they run may need all the rest. */
function isRunningOthers(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return isStarter(name) || interpretedLanguageOf(name) !== undefined || shell.test(name);
}

const shell = /^(?:sh|ash|bash|dash|busybox)$/;

/** What is packed does not say what it loads. */
function isStatic({ interpreter, needed, type, isUpx, isLoadingUnknown }: ElfFacts): boolean {
  const isProgram = type === "executable" || type === "shared";
  const isKnown = !isUpx && isLoadingUnknown === undefined;
  return isProgram && isKnown && interpreter === undefined && needed.length === 0;
}

/** First word of what is started; of a shell form that is one command, the name of that. */
function startedName(context: RuleContext, { settings }: Root): string | undefined {
  const { entrypoint = [], cmd = [] } = settings;
  const keyword = entrypoint.length > 0 ? "ENTRYPOINT" : "CMD";
  const [first, option] = [...entrypoint, ...cmd];
  const isShell = option === "-c" && /(?:^|\/)(?:ba|da|a)?sh$/.test(first ?? "");
  return isShell ? onlyCommand(context, lastOf(context, keyword)) : first;
}

function onlyCommand(context: RuleContext, line: Instruction | undefined): string | undefined {
  const script = line && context.shellOf(line);
  const [command, ...others] = script?.commands ?? [];
  return others.length === 0 && script?.isComplete === true ? command?.path : undefined;
}

function lastOf({ shipped }: RuleContext, wished: string): Instruction | undefined {
  return shipped.findLast(({ keyword }) => keyword === wished);
}
