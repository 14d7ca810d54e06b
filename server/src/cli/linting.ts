import { dirname, isAbsolute, relative, resolve } from "node:path";
import type {
  Analysis,
  CostSettings,
  Dockerfile,
  Image,
  ImageError,
  RuleMemory,
} from "../core/analysis.ts";
import { analyse, describeImageError, limitKeys } from "../core/analysis.ts";
import type { Result } from "../core/result.ts";
import { fail, succeed } from "../core/result.ts";
import type { LintedFile } from "../core/views/findings.ts";
import { beforeBuild } from "./beforeBuild.ts";
import type { ReadingArguments } from "./sharedArgs.ts";
import type { CliHost, Outcome } from "./host.ts";
import { exitCodes } from "./host.ts";
import { dockerignoreOf, imageOfDirective, readDockerfile, readImage } from "./input.ts";

/** A Dockerfile with what was found in it, and with what is to be said about finding it. */
export interface Linted {
  readonly file: LintedFile;
  readonly isText: boolean;
  /** Remarks for stderr, one sentence each. */
  readonly sentences: readonly string[];
}

/** What a command needs to look at Dockerfiles. */
export interface Linting {
  readonly args: ReadingArguments;
  readonly host: CliHost;
  /** Files of one run often share an image. */
  readonly memory: RuleMemory;
  /** Speeds and prices; undefined where nobody asks for costs. */
  readonly cost?: CostSettings | undefined;
}

/**
 * Looks at one Dockerfile beside its image. An image that was named on the command line must be read; one that only the Dockerfile names may
 * not be built yet: then the text alone is looked at, and that is said.
 */
export async function lintFile(
  path: string,
  { args, host, memory, cost }: Linting,
): Promise<Result<Linted, Outcome>> {
  const input = await readDockerfile(path, host);
  if (!input.ok) return fail({ exitCode: exitCodes.unreadable, sentences: [input.error] });
  const { dockerfile, isText } = input.value;
  const found = await imageFor(path, dockerfile, args, host);
  if (!found.ok) return found;
  const { image, sentences } = found.value;
  const ignore = await dockerignoreOf(dockerfile, path, host);
  const files = surroundingsOf(ignore);
  const before =
    image === undefined && isLimited(dockerfile)
      ? await beforeBuild(dockerfile, path, args.platform, host)
      : {};
  const analysis = analyse(dockerfile, image, cost === undefined ? {} : { cost }, {
    files,
    memory,
    ...before,
  });
  const file: LintedFile = {
    path,
    analysis,
    ...(ignore.isKnown ? { dockerignorePath: asNamed(path, ignore.path, host) } : {}),
    ...(ignore.text === undefined ? {} : { dockerignoreText: ignore.text }),
  };
  return succeed({
    file,
    isText,
    sentences: [...directiveSentences(path, analysis), ...sentences],
  });
}

/** Whether the file sets limits, which without an image only a prediction can be held against. */
function isLimited({ directives }: Dockerfile): boolean {
  return directives.some(({ settings }) => settings.some(({ key }) => limitKeys.includes(key)));
}

/** Undefined without a word where none is named. */
async function imageFor(
  path: string,
  dockerfile: Dockerfile,
  args: ReadingArguments,
  host: CliHost,
): Promise<
  Result<{ readonly image: Image | undefined; readonly sentences: readonly string[] }, Outcome>
> {
  const isDemanded = args.image !== undefined;
  const wanted =
    args.image === undefined
      ? imageOfDirective(dockerfile, path, host)
      : { reference: args.image, baseFolder: host.cwd };
  if (wanted === undefined) return succeed({ image: undefined, sentences: [] });
  const read = await readImage(wanted, args, host);
  if (read.ok) {
    const { description } = read.value;
    return succeed({ image: { state: "read", description, read: read.value }, sentences: [] });
  }
  if (isDemanded || read.error.code === "cancelled") return fail(outcomeOf(read.error));
  const why = `${path}: only the text was looked at. ${describeImageError(read.error)}`;
  return succeed({ image: undefined, sentences: [why] });
}

/** How a command ends when its image cannot be read. */
export function outcomeOf(error: ImageError): Outcome {
  if (error.code === "cancelled") return { exitCode: exitCodes.interrupted };
  return { exitCode: exitCodes.unreadable, sentences: [describeImageError(error)] };
}

/** What is wrong with `# tare:` comments, one sentence each; the rest of the text is the builder's to judge. */
export function directiveSentences(path: string, analysis: Analysis): readonly string[] {
  return analysis.problems.flatMap(({ span, message }) => {
    const directive = analysis.dockerfile.directives.find(
      ({ span: comment }) => comment.start <= span.start && span.end <= comment.end,
    );
    return directive === undefined ? [] : [`${path}:${directive.line + 1}: ${message}`];
  });
}

/** What rules are told of the `.dockerignore`. */
export function surroundingsOf({
  text,
  isKnown,
}: {
  readonly text: string | undefined;
  readonly isKnown: boolean;
}) {
  return text === undefined
    ? { isDockerignoreKnown: isKnown }
    : { dockerignore: text, isDockerignoreKnown: true };
}

/** Relative where the Dockerfile was named so. */
function asNamed(dockerfilePath: string, path: string, { cwd }: CliHost): string {
  if (isAbsolute(dockerfilePath)) return path;
  const below = relative(resolve(cwd), path);
  return isAbsolute(below) || dirname(below) === below ? path : below;
}
