import { startJson, startText } from "../core/views/startReport.ts";
import type { StartTrouble } from "../io/startTime.ts";
import type { CliHost, Outcome } from "./host.ts";
import { exitCodes } from "./host.ts";
import type { Output } from "./output.ts";
import type { StartArguments } from "./startArgs.ts";

/** How long one start may take to show a sign. */
const limitMs = 60_000;

/** `tare start`: starts containers of each image, removes them, and prints how long they took to show that they run. */
export async function start(
  { images, runs, json }: StartArguments,
  host: CliHost,
  stdout: Output,
): Promise<Outcome> {
  const series = await host.measureStart({ references: images, runs, limitMs }, host.signal);
  if (!series.ok) return outcomeOf(series.error);
  await stdout.write(json ? startJson(series.value) : `${startText(series.value).join("\n")}\n`);
  return { exitCode: exitCodes.fine };
}

/** Loaded only in trouble: it brings all that talks to engines. */
async function outcomeOf(trouble: StartTrouble): Promise<Outcome> {
  if (trouble.code === "cancelled") {
    return {
      exitCode: exitCodes.interrupted,
      sentences: ["Interrupted: the container that was being measured is removed."],
    };
  }
  const { describeStartTrouble } = await import("../io/startTime.ts");
  return { exitCode: exitCodes.unreadable, sentences: [describeStartTrouble(trouble)] };
}
