import type { Dockerfile, ReadImage } from "../core/analysis.ts";
import { analyse, diffImages, formatSize, parseDockerfile } from "../core/analysis.ts";
import { diffMarkdown } from "../core/views/diffMarkdown.ts";
import type { DiffReport } from "../core/views/diffReport.ts";
import { diffJson, diffReportOf } from "../core/views/diffReport.ts";
import { diffText } from "../core/views/diffText.ts";
import type { DiffArguments } from "./args.ts";
import type { CliHost, Outcome } from "./host.ts";
import { exitCodes } from "./host.ts";
import { readDockerfile, readImage } from "./input.ts";
import { outcomeOf } from "./linting.ts";
import type { Output } from "./output.ts";
import { textOptionsFor } from "./terminal.ts";

/** `tare diff`: reads two images and prints what is different between them; nothing before both are read. */
export async function diff(args: DiffArguments, host: CliHost, stdout: Output): Promise<Outcome> {
  const input =
    args.dockerfilePath === undefined ? undefined : await readDockerfile(args.dockerfilePath, host);
  if (input?.ok === false) return { exitCode: exitCodes.unreadable, sentences: [input.error] };
  const [before, after] = args.images;
  const old = await readImage({ reference: before, baseFolder: host.cwd }, args, host);
  if (!old.ok) return outcomeOf(old.error);
  const now = await readImage({ reference: after, baseFolder: host.cwd }, args, host);
  if (!now.ok) return outcomeOf(now.error);
  const report = compare(old.value, now.value, input?.value.dockerfile);
  await stdout.write(printed(report, args, host));
  if (host.signal.aborted) return { exitCode: exitCodes.interrupted };
  return outcomeOfGrowth(report, args);
}

function compare(
  before: ReadImage,
  after: ReadImage,
  dockerfile: Dockerfile | undefined,
): DiffReport {
  const beside = (read: ReadImage) =>
    analyse(dockerfile ?? parseDockerfile(""), {
      state: "read",
      description: read.description,
      read,
    });
  const analyses =
    dockerfile === undefined ? undefined : { before: beside(before), after: beside(after) };
  return diffReportOf(diffImages(before, after), analyses);
}

function printed(report: DiffReport, { format, top }: DiffArguments, host: CliHost): string {
  switch (format) {
    case "text":
      return `${diffText(report, textOptionsFor(host, top)).join("\n")}\n`;
    case "json":
      return diffJson(report);
    case "markdown":
      return diffMarkdown(report, top);
  }
}

function outcomeOfGrowth(
  { before, after }: DiffReport,
  { mostGrowthBytes }: DiffArguments,
): Outcome {
  const growth = after.totals.layerContentBytes - before.totals.layerContentBytes;
  if (mostGrowthBytes === undefined || growth <= mostGrowthBytes)
    return { exitCode: exitCodes.fine };
  return {
    exitCode: exitCodes.overBudget,
    sentences: [
      `The image grew by ${formatSize(growth)}, more than the ${formatSize(mostGrowthBytes)} that --max-growth allows.`,
    ],
  };
}
