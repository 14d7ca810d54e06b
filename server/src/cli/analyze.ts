import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type {
  Analysis,
  AnalysisSettings,
  Dockerfile,
  ImageError,
  ReadImage,
} from "../core/analysis.ts";
import { analyse, describeImageError, parseDockerfile } from "../core/analysis.ts";
import type { Result } from "../core/result.ts";
import { fail, succeed } from "../core/result.ts";
import { reportOf } from "../core/views/report.ts";
import { reportJson } from "../core/views/reportJson.ts";
import { progressLine } from "../core/views/reportProgress.ts";
import { reportText } from "../core/views/reportText.ts";
import type { AnalyzeArguments } from "./args.ts";
import type { CliHost, ImageToOpen, Outcome } from "./host.ts";
import { exitCodes } from "./host.ts";
import type { Output } from "./output.ts";
import { statusLineOn } from "./output.ts";
import { textOptionsFor } from "./terminal.ts";

/** `tare analyze`: reads the image to its last layer and prints the report. Nothing goes to stdout before all of it is known. */
export async function analyze(
  args: AnalyzeArguments,
  host: CliHost,
  stdout: Output,
): Promise<Outcome> {
  const dockerfile = await readDockerfile(args, host);
  if (!dockerfile.ok) return { exitCode: exitCodes.unreadable, sentences: [dockerfile.error] };
  const request = imageToOpen(args, dockerfile.value, host);
  if (!request.ok) return { exitCode: exitCodes.wrongUse, sentences: [request.error] };
  const read = await readImage(request.value, args, host);
  if (!read.ok) return outcomeOf(read.error);
  const analysis = analyse(
    withoutOverridden(dockerfile.value, args),
    { state: "read", description: read.value.description, read: read.value },
    limitsOf(args),
  );
  await print(read.value, analysis, args, host, stdout);
  return host.signal.aborted
    ? { exitCode: exitCodes.interrupted }
    : outcomeOfReport(analysis, args);
}

/** More than any Dockerfile that a person wrote. */
const mostDockerfileBytes = 4_000_000;

async function readDockerfile(
  { dockerfilePath }: AnalyzeArguments,
  host: CliHost,
): Promise<Result<Dockerfile, string>> {
  if (dockerfilePath === undefined) return succeed(parseDockerfile(""));
  const content = await readFile(resolve(host.cwd, dockerfilePath)).catch(
    (error: NodeJS.ErrnoException) => error,
  );
  if (content instanceof Error) {
    const code = content.code ?? content.message;
    return fail(
      `The Dockerfile ${dockerfilePath} cannot be read (${code}): check the path after -f.`,
    );
  }
  if (content.length > mostDockerfileBytes) {
    return fail(`${dockerfilePath} is too large for a Dockerfile: check the path after -f.`);
  }
  return succeed(parseDockerfile(content.toString("utf8")));
}

/** The image named on the command line, else by the Dockerfile's directive, whose paths start at the Dockerfile. */
function imageToOpen(
  { image, dockerfilePath }: AnalyzeArguments,
  dockerfile: Dockerfile,
  { cwd }: CliHost,
): Result<Pick<ImageToOpen, "reference" | "baseFolder">, string> {
  if (image !== undefined) return succeed({ reference: image, baseFolder: cwd });
  const named = dockerfile.directives
    .flatMap(({ settings }) => settings)
    .find(({ key }) => key === "image");
  if (named === undefined || dockerfilePath === undefined) {
    return fail(
      `${dockerfilePath ?? "The Dockerfile"} names no image: write \`tare analyze IMAGE -f ${dockerfilePath ?? "DOCKERFILE"}\`, or put \`# tare: image=…\` into it.`,
    );
  }
  return succeed({ reference: named.value, baseFolder: dirname(resolve(cwd, dockerfilePath)) });
}

/** The Dockerfile without those limits that the command line sets: there the option wins, everywhere else the directive does. */
function withoutOverridden(
  dockerfile: Dockerfile,
  { budgetBytes, transferBudgetBytes }: AnalyzeArguments,
): Dockerfile {
  const overridden = new Set([
    ...(budgetBytes === undefined ? [] : ["budget"]),
    ...(transferBudgetBytes === undefined ? [] : ["transfer-budget"]),
  ]);
  return {
    ...dockerfile,
    directives: dockerfile.directives.map((directive) => ({
      ...directive,
      settings: directive.settings.filter(({ key }) => !overridden.has(key)),
    })),
  };
}

function limitsOf({ budgetBytes, transferBudgetBytes }: AnalyzeArguments): AnalysisSettings {
  return {
    ...(budgetBytes === undefined ? {} : { budgetBytes }),
    ...(transferBudgetBytes === undefined ? {} : { transferBudgetBytes }),
  };
}

async function readImage(
  image: Pick<ImageToOpen, "reference" | "baseFolder">,
  args: AnalyzeArguments,
  host: CliHost,
): Promise<Result<ReadImage, ImageError>> {
  const status = statusLineOn(host.stderr);
  status.show("Looking for the image");
  const opened = await host.openImage(
    { ...image, platform: args.platform, isCached: args.isCached },
    host.signal,
  );
  if (!opened.ok) {
    status.clear();
    return opened;
  }
  try {
    return await opened.value.read({
      signal: host.signal,
      onProgress: (progress) => status.show(progressLine(progress, host.stderr.columns ?? 80)),
    });
  } finally {
    status.clear();
    await opened.value.close();
  }
}

function outcomeOf(error: ImageError): Outcome {
  if (error.code === "cancelled") return { exitCode: exitCodes.interrupted };
  return { exitCode: exitCodes.unreadable, sentences: [describeImageError(error)] };
}

async function print(
  read: ReadImage,
  analysis: Analysis,
  args: AnalyzeArguments,
  host: CliHost,
  stdout: Output,
): Promise<void> {
  const pieces = args.json
    ? reportJson(reportOf(read, analysis))
    : [`${reportText(read, analysis, textOptionsFor(host, args.top)).join("\n")}\n`];
  for (const piece of pieces) {
    const isTaken = await stdout.write(piece);
    if (!isTaken || host.signal.aborted) return;
  }
}

/** Over budget only where a total is known. What could not be checked or understood guards nothing, so it is said. */
function outcomeOfReport(analysis: Analysis, { dockerfilePath }: AnalyzeArguments): Outcome {
  const isWithin = analysis.budgets.every((verdict) => verdict.isWithin);
  const unchecked = analysis.budgets
    .filter(({ actualBytes }) => actualBytes === undefined)
    .map(
      ({ name }) =>
        `The ${name} was not checked, for this source keeps no compressed layers: save the image as an OCI layout with compressed layers and analyse that.`,
    );
  const misunderstood = directiveProblems(analysis).map(
    ({ lineNumber, message }) => `${dockerfilePath ?? "Dockerfile"}:${lineNumber}: ${message}`,
  );
  return {
    exitCode: isWithin ? exitCodes.fine : exitCodes.overBudget,
    sentences: [...misunderstood, ...unchecked],
  };
}

/** What is wrong with `# tare:` comments; the rest of the text is the builder's to judge. */
function directiveProblems({
  dockerfile,
  problems,
}: Analysis): readonly { readonly lineNumber: number; readonly message: string }[] {
  return problems.flatMap(({ span, message }) => {
    const directive = dockerfile.directives.find(
      ({ span: comment }) => comment.start <= span.start && span.end <= comment.end,
    );
    return directive === undefined ? [] : [{ lineNumber: directive.line + 1, message }];
  });
}
