import type {
  Analysis,
  BudgetSettings,
  BudgetVerdict,
  Dockerfile,
  ReadImage,
} from "../core/analysis.ts";
import { analyse, formatPlatform, parseDockerfile } from "../core/analysis.ts";
import type { Result } from "../core/result.ts";
import { fail, succeed } from "../core/result.ts";
import { costSection } from "../core/views/cost.ts";
import { reportOf } from "../core/views/report.ts";
import { reportJson } from "../core/views/reportJson.ts";
import { reportText } from "../core/views/reportText.ts";
import type { AnalyzeArguments } from "./args.ts";
import { beforeBuild } from "./beforeBuild.ts";
import type { CliHost, ImageToOpen, Outcome } from "./host.ts";
import { exitCodes } from "./host.ts";
import { dockerignoreOf, imageOfDirective, readDockerfile, readImage } from "./input.ts";
import { hasFindingsFrom } from "./lint.ts";
import { directiveSentences, outcomeOf, surroundingsOf } from "./linting.ts";
import type { Output } from "./output.ts";
import { textOptionsFor } from "./terminal.ts";

/** `tare analyze`: reads the image to its last layer and prints the report. Nothing goes to stdout before all of it is known. */
export async function analyze(
  args: AnalyzeArguments,
  host: CliHost,
  stdout: Output,
): Promise<Outcome> {
  const dockerfile = await dockerfileOf(args, host);
  if (!dockerfile.ok) return { exitCode: exitCodes.unreadable, sentences: [dockerfile.error] };
  const request = imageToOpen(args, dockerfile.value, host);
  if (!request.ok) return { exitCode: exitCodes.wrongUse, sentences: [request.error] };
  const read = await readImage(request.value, args, host);
  if (!read.ok) return outcomeOf(read.error);
  const { description } = read.value;
  const { limits, cost } = args;
  const analysis = analyse(
    dockerfile.value,
    { state: "read", description, read: read.value },
    { ...limits, isFirst: true, ...(cost === undefined ? {} : { cost }) },
    await surroundings(dockerfile.value, args, host),
  );
  await print(read.value, analysis, args, host, stdout);
  return host.signal.aborted
    ? { exitCode: exitCodes.interrupted }
    : outcomeOfReport(analysis, args);
}

/** Without one every line of the report is a layer. */
async function dockerfileOf(
  { dockerfilePath }: AnalyzeArguments,
  host: CliHost,
): Promise<Result<Dockerfile, string>> {
  if (dockerfilePath === undefined) return succeed(parseDockerfile(""));
  const input = await readDockerfile(dockerfilePath, host);
  return input.ok ? succeed(input.value.dockerfile) : input;
}

async function surroundings(
  dockerfile: Dockerfile,
  { dockerfilePath, json, platform }: AnalyzeArguments,
  host: CliHost,
) {
  if (dockerfilePath === undefined) return {};
  const files = surroundingsOf(await dockerignoreOf(dockerfile, dockerfilePath, host));
  // Only the JSON report has a place for what the image does not hold.
  return json
    ? { files, ...(await beforeBuild(dockerfile, dockerfilePath, platform, host)) }
    : { files };
}

/** The image named on the command line, else by the Dockerfile's directive, whose paths start at the Dockerfile. */
function imageToOpen(
  { image, dockerfilePath }: AnalyzeArguments,
  dockerfile: Dockerfile,
  host: CliHost,
): Result<Pick<ImageToOpen, "reference" | "baseFolder">, string> {
  if (image !== undefined) return succeed({ reference: image, baseFolder: host.cwd });
  const named = imageOfDirective(dockerfile, dockerfilePath ?? "", host);
  if (named === undefined) {
    return fail(
      `${dockerfilePath ?? "The Dockerfile"} names no image: write \`tare analyze IMAGE -f ${dockerfilePath ?? "DOCKERFILE"}\`, or put \`# tare: image=…\` into it.`,
    );
  }
  return succeed(named);
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
    : [`${textOf(read, analysis, args, host).join("\n")}\n`];
  for (const piece of pieces) {
    const isTaken = await stdout.write(piece);
    if (!isTaken || host.signal.aborted) return;
  }
}

function textOf(
  read: ReadImage,
  analysis: Analysis,
  { top, cost }: AnalyzeArguments,
  host: CliHost,
): readonly string[] {
  const report = reportText(read, analysis, textOptionsFor(host, top));
  return cost === undefined ? report : [...report, "", ...costSection(read, analysis)];
}

/** Over budget only where a total is known. What could not be checked or understood guards nothing, so it is said. */
function outcomeOfReport(
  analysis: Analysis,
  { dockerfilePath = "Dockerfile", failOn, limits }: AnalyzeArguments,
): Outcome {
  const isWithin =
    analysis.budgets.every((verdict) => verdict.isWithin) &&
    analysis.layerBudget?.isWithin !== false;
  const isLoud = hasFindingsFrom(analysis.findings, failOn);
  const unchecked = analysis.budgets
    .filter(({ actualBytes }) => actualBytes === undefined)
    .map((verdict) => uncheckedSentence(verdict, analysis));
  return {
    exitCode: isWithin && !isLoud ? exitCodes.fine : exitCodes.overBudget,
    sentences: [
      ...directiveSentences(dockerfilePath, analysis),
      ...unchecked,
      ...elsewhereSentences(analysis, limits),
    ],
  };
}

function uncheckedSentence({ name, stage }: BudgetVerdict, { dockerfile }: Analysis): string {
  if (stage === undefined) {
    return `The ${name} was not checked, for this source keeps no compressed layers: save the image as an OCI layout with compressed layers and analyse that.`;
  }
  const wanted = dockerfile.stages[stage]?.name ?? stage;
  return `The ${name} of stage ${wanted} was not checked, for an image does not say what its other stages weigh: build that stage with --target ${wanted} and analyse it.`;
}

/** A platform that is mistyped guards nothing for ever: said where all options that limit something are for other platforms. */
function elsewhereSentences(
  { budgets, layerBudget, image }: Analysis,
  { platforms = [] }: BudgetSettings,
): readonly string[] {
  const isNothingChecked = budgets.length === 0 && layerBudget === undefined;
  if (platforms.length === 0 || !isNothingChecked || image === undefined) return [];
  const written = platforms.map(({ platform }) => platform).join(", ");
  const own = formatPlatform(image.description.config.platform);
  return [`No limit was checked: they are for ${written}, and the image is for ${own}.`];
}
